// A look whose notice waits, as a made-up law of the fictional profile allows: the form, what the person does not see
// yet, the reviewer who does at once and lets it wait longer, and the day on which the person is told by itself.

import assert from 'node:assert/strict';
import { inspect, signIn } from './harness.mjs';

export const profile = { name: 'northshire' };

const BOARD = 'as-clerk-2';
const PERSON = 'as-person-0';
const REVIEWER = 'as-reviewer-0';
const FORM = '/look/law/accident-inquiry';
const LOOKED = { en: /Looked at your records/, zh: /查询了您的记录/ };
const LATE = { en: /A law let the notice wait/, zh: /法律允许推迟告知/ };
const SAYS_WHEN = { en: /told by itself on \d+ \w+ \d{4}/, zh: /\d+年\d+月\d+日自动告知本人/ };

/** A resident number of the fictional profile, with its check digits (ISO 7064 MOD 97-10). */
function residentNumber(digits) {
  const body = `QZ${digits}`;
  const rest = [...`${body}00`].reduce((sum, c) => (/\d/.test(c) ? sum * 10 + Number(c) : sum * 100 + c.charCodeAt(0) - 55) % 97, 0);
  return body + String(98 - rest).padStart(2, '0');
}

const ADA = { name: 'Ada Example', number: residentNumber('99000001') };
const main = (page) => page.locator('main');

async function fill(page, days) {
  await page.fill('#id_number', ADA.number);
  await page.fill('#name', ADA.name);
  await page.fill('#case_reference', 'ACCIDENT-7');
  await page.fill('#reason', 'made up');
  await page.fill('#wait_days', days);
  await main(page).locator('form').last().locator('button[type=submit]').click();
  await page.waitForLoadState();
}

/** What the person sees of the look: whether it stands among the looks, and what is in the inbox. */
async function seen(tools, language) {
  const { page, open } = tools;
  await signIn(tools, language, PERSON);
  await open('/looks');
  return LOOKED[language].test(await main(page).textContent());
}

export default [
  {
    name: 'a look is taken whose notice waits, for no more days than the law lets it; the person sees nothing yet',
    async run(tools) {
      const { page, open } = tools;
      for (const language of ['zh', 'en']) {
        await signIn(tools, language, BOARD);
        await open('/look');
        await inspect(tools, `waits-choose-${language}`);
        await main(page).locator(`a[href="${FORM}"]`).click();
        await inspect(tools, `waits-form-${language}`);
        await fill(page, '11');
        assert.equal(await main(page).locator('.govuk-error-summary a').getAttribute('href'), '#wait_days');
        assert.equal(await page.inputValue('#case_reference'), 'ACCIDENT-7', 'what was filled in is still there');
        await inspect(tools, `waits-form-problem-${language}`);
      }
      await fill(page, '3');
      assert.ok((await main(page).textContent()).includes('TD-980000'), await main(page).textContent());
      await inspect(tools, 'waits-answer-en');
      for (const language of ['zh', 'en']) {
        await signIn(tools, language, BOARD);
        await open('/my-looks');
        await inspect(tools, `waits-my-looks-${language}`);
        assert.ok(!(await seen(tools, language)), 'not yet');
      }
    },
  },
  {
    name: 'a reviewer sees it at once, and lets the notice wait longer for reasons alone',
    async run(tools) {
      const { page, open } = tools;
      for (const language of ['zh', 'en']) {
        await signIn(tools, language, REVIEWER);
        await open('/review');
        await inspect(tools, `waits-queue-${language}`);
        await main(page).locator('a[href^="/review/looks/"]').first().click();
        await inspect(tools, `waits-look-${language}`);
        assert.match(await main(page).textContent(), SAYS_WHEN[language]);
        await page.fill('#days', '5');
        await main(page).locator('form[action$="/renew"] button').click();
        await page.waitForLoadState();
        assert.equal(await main(page).locator('.govuk-error-summary a').getAttribute('href'), '#renew_reasons');
        await inspect(tools, `waits-look-problem-${language}`);
      }
      const [before] = SAYS_WHEN.en.exec(await main(page).textContent());
      await page.fill('#renew_reasons', 'The inquiry goes on.');
      await main(page).locator('form[action$="/renew"] button').click();
      await page.waitForURL(/\/review\/looks\/[0-9a-f]{32}$/);
      const [after] = SAYS_WHEN.en.exec(await main(page).textContent());
      assert.notEqual(after, before, 'the new day is said');
      await inspect(tools, 'waits-look-renewed-en');
    },
  },
  {
    name: 'the person is told on the day, without anyone’s help, and not before',
    async run(tools) {
      const { page, open, later } = tools;
      await later(4);
      assert.ok(!(await seen(tools, 'en')), 'it waits longer than it did at first');
      await later(9);
      for (const language of ['zh', 'en']) {
        assert.ok(await seen(tools, language));
        await inspect(tools, `waits-told-looks-${language}`);
        await open('/inbox');
        await inspect(tools, `waits-told-inbox-${language}`);
        await main(page).locator('a[href^="/looks/"]').first().click();
        assert.match(await main(page).textContent(), LATE[language]);
        await inspect(tools, `waits-told-look-${language}`);
      }
    },
  },
];
