// Alerts with something in them: a licence is revoked, those who license the same profession are told, open the alert,
// and it ends when the decision is corrected. And one that came from another instance. Both languages, wide and narrow.

import assert from 'node:assert/strict';
import { inspect, signIn, withCheckDigit } from './harness.mjs';

// In the profile as it is nobody else here licenses tour guides.
export const profile = {
  change: { 'authorities.toml': (text) => text.replace('professions = ["doctor"]', 'professions = ["doctor", "tour-guide"]') },
};

const HEALTH = 'as-clerk-1';
const TOURISM = 'as-clerk-2';
const DOCTOR = { sign: 'as-person-1', name: '何示宁', number: withCheckDigit('99800119780923028') };
const GUIDE = { sign: 'as-person-4', name: '郭示松', number: withCheckDigit('99800419750808059') };

const LANGUAGES = ['en', 'zh'];
const SAID = {
  en: { revoked: /licence revoked/, suspended: /licence suspended/, elsewhere: /An authority at neighbour-province/, seen: /Opened on/, confirmed: /confirmed/, ended: /closed there/, told: /Those who license this profession were told/, arrived: /An authority of another region decided/ },
  zh: { revoked: /吊销许可/, suspended: /暂扣许可/, elsewhere: /neighbour-province 的机关/, seen: /已查阅/, confirmed: /已确认/, ended: /对方已结束/, told: /已向该行业的许可机关通报/, arrived: /其他地区的机关决定/ },
};

const main = (page) => page.locator('main');
const rows = (page, n) => main(page).locator('table').nth(n).locator('tbody tr');

/** A decision about the guide's licence, as the tourism commission sends it. */
function decision(penalty, correction) {
  const headings =
    '行政相对人名称,证件类型,证件号码,行政处罚决定书文号,违法行为类型,违法事实,处罚依据,处罚类别,处罚内容,许可编号,处罚决定日期,处罚生效日期,公示截止期,处罚机关,数据来源单位,救济途径告知,更正说明';
  const row = `${GUIDE.name},身份证,${GUIDE.number},甘罚〔2026〕00301号,执业违规,虚构示例,tour-guide-discipline,${penalty},${penalty},TOU-98000006,2026-07-01,2026-07-01,2027-06-30,tourism-commission,tourism-commission,可申请行政复议,${correction}`;
  return Buffer.from(`\ufeff${headings}\r\n${row}\r\n`);
}

async function file(tools, name, buffer) {
  const { page, open } = tools;
  await signIn(tools, 'en', TOURISM);
  await open('/desk');
  await page.setInputFiles('input[type=file]', { name, mimeType: 'text/csv', buffer });
  await page.selectOption('main select[name=kind]', 'decision');
  await main(page).locator('form button').first().click();
  await page.waitForURL(/\/desk\/[0-9a-f]{32}/);
  assert.equal(await main(page).locator('tbody code').count(), 0, 'every row is taken');
}

const nobodyNamed = async (page) => {
  const text = await main(page).textContent();
  for (const personal of [DOCTOR.name, GUIDE.name, DOCTOR.number, GUIDE.number]) assert.ok(!text.includes(personal));
};

export default [
  {
    name: 'a revocation is told to those who license the same profession, who open it',
    async run(tools) {
      const { page, open } = tools;
      await file(tools, 'revoked.csv', decision('吊销许可证件', ''));
      for (const language of LANGUAGES) {
        const said = SAID[language];
        await signIn(tools, language, HEALTH);
        await open('/desk/alerts');
        await nobodyNamed(page);
        assert.match(await rows(page, 0).first().textContent(), said.revoked);
        await inspect(tools, `alerts-in-${language}`);
        await rows(page, 0).first().locator('button').click();
        await page.waitForLoadState();
        const text = await main(page).textContent();
        assert.ok(text.includes(GUIDE.name) && text.includes(GUIDE.number), text);
        assert.match(text, said.revoked);
        assert.ok(!text.includes('虚构示例'), 'no reasons');
        assert.ok(!page.url().includes(GUIDE.number));
        await inspect(tools, `alert-opened-${language}`);
        await open('/desk/alerts');
        assert.match(await rows(page, 0).first().textContent(), said.seen);
        await inspect(tools, `alerts-seen-${language}`);
      }
    },
  },
  {
    name: 'one that came from another instance says so, and is opened alike',
    async run(tools) {
      const { page, open } = tools;
      for (const language of LANGUAGES) {
        const said = SAID[language];
        await signIn(tools, language, HEALTH);
        await open('/desk/alerts');
        const row = rows(page, 0).filter({ hasText: said.elsewhere });
        assert.match(await row.textContent(), said.suspended);
        await row.locator('button').click();
        await page.waitForLoadState();
        const text = await main(page).textContent();
        assert.ok(text.includes(DOCTOR.name) && text.includes('邻省卫生健康委员会（虚构）') && text.includes('neighbour-province'), text);
        await inspect(tools, `alert-from-peer-${language}`);
        await signIn(tools, language, DOCTOR.sign);
        await open('/inbox');
        assert.match(await main(page).textContent(), said.arrived);
        await inspect(tools, `alert-from-peer-inbox-${language}`);
        await open('/looks');
        assert.match(await main(page).textContent(), /opened an alert|打开了一份通报/);
        await inspect(tools, `alert-from-peer-looks-${language}`);
      }
    },
  },
  {
    name: 'who decided sees who got it; the person was told; a correction ends it wherever it went',
    async run(tools) {
      const { page, open, later } = tools;
      // The next start tells the neighbour too.
      await later(1);
      for (const language of LANGUAGES) {
        await signIn(tools, language, TOURISM);
        await open('/desk/alerts');
        await nobodyNamed(page);
        const sent = await rows(page, 0).first().textContent();
        assert.match(sent, SAID[language].revoked);
        assert.equal(sent.match(new RegExp(SAID[language].confirmed, 'g')).length, 2, 'here and at the neighbour');
        await inspect(tools, `alerts-out-${language}`);
        await signIn(tools, language, GUIDE.sign);
        await open('/inbox');
        assert.match(await main(page).textContent(), SAID[language].told);
        await inspect(tools, `alert-inbox-${language}`);
      }
      await file(tools, 'lifted.csv', decision('警告', '处罚类别由吊销许可证件更正为警告'));
      await later(2);
      for (const language of LANGUAGES) {
        await signIn(tools, language, TOURISM);
        await open('/desk/alerts');
        const sent = await rows(page, 0).filter({ hasText: SAID[language].revoked }).textContent();
        assert.equal(sent.match(new RegExp(SAID[language].ended, 'g')).length, 2, 'here and at the neighbour');
        await inspect(tools, `alerts-out-closed-${language}`);
        await signIn(tools, language, HEALTH);
        await open('/desk/alerts');
        await nobodyNamed(page);
        assert.equal(await rows(page, 0).filter({ hasText: SAID[language].revoked }).count(), 0);
        assert.match(await rows(page, 1).first().textContent(), SAID[language].revoked);
        await inspect(tools, `alerts-in-closed-${language}`);
      }
    },
  },
];
