// What those who work for a body do in a browser: ask for consent and look by consent, look under a law, answer a
// dispute, take and grant a restoration, add somebody. Every page in both languages, accessible and on a narrow phone.

import assert from 'node:assert/strict';
import { signIn, withCheckDigit } from './harness.mjs';

const LAW = 'as-clerk-0';
const LAW_SECOND = 'as-clerk-6';
const HEALTH = 'as-clerk-1';
const HOSPITAL = 'as-clerk-3';

const LAWYER = { name: '林示安', number: withCheckDigit('99800019850412012') };
const DOCTOR = { name: '何示宁', number: withCheckDigit('99800119780923028') };

const main = (page) => page.locator('main');
const submit = (page) => main(page).locator('form').last().locator('button[type=submit]');

async function inspect({ checkAccessible, noHorizontalScroll, page }) {
  await checkAccessible();
  await noHorizontalScroll();
  assert.equal(await page.locator('h1').count(), 1, page.url());
  assert.ok((await page.locator('.govuk-service-navigation__item').count()) <= 7, 'no more than seven places');
  for (const personal of [LAWYER, DOCTOR]) {
    assert.ok(!page.url().includes(personal.number) && !decodeURI(page.url()).includes(personal.name), page.url());
  }
}

/** A picture wide and another narrow. */
async function pictures({ page, screenshot }, name) {
  await screenshot(`${name}-wide`);
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  await screenshot(`${name}-narrow`);
  await page.setViewportSize(before);
}

const pages = (language, who, paths) => ({
  name: `the pages of ${who} are accessible and fit a phone (${language})`,
  async run(tools) {
    const { page, open } = tools;
    await signIn(tools, language, who);
    for (const path of paths) {
      const response = await open(path);
      assert.equal(response.status(), 200, path);
      assert.ok((await page.locator('html').getAttribute('lang')).startsWith(language), path);
      await inspect(tools);
      await pictures(tools, `${who}${path.replaceAll('/', '-')}-${language}`);
    }
  },
});

const AUTHORITY = [
  '/desk',
  '/desk/procedures',
  '/desk/alerts',
  '/desk/staff',
  '/desk/inbox',
  '/look',
  '/look/law/licensing-renewal',
  '/ask',
  '/my-looks',
  '/my-requests',
];
const INQUIRER = ['/ask', '/ask/employment-check', '/look', '/my-requests', '/my-looks', '/desk/inbox', '/desk/staff'];

const byConsent = (language) => ({
  name: `the hospital asks for consent, and looks by one that was granted (${language})`,
  async run(tools) {
    const { page, open, origin } = tools;
    await signIn(tools, language, HOSPITAL);
    await open('/ask');
    await main(page).locator('a[href="/ask/employment-check"]').click();
    await page.fill('#id_number', LAWYER.number);
    await page.fill('#name', LAWYER.name);
    await submit(page).click();
    await page.waitForLoadState();
    await inspect(tools);
    assert.equal(await main(page).locator('.govuk-error-summary a').getAttribute('href'), '#profession');
    assert.equal(await page.inputValue('#name'), LAWYER.name, 'what was filled in is still there');
    await pictures(tools, `ask-problem-${language}`);
    await page.selectOption('#profession', 'lawyer');
    await submit(page).click();
    await page.waitForURL(/\/my-requests/);
    await inspect(tools);
    await pictures(tools, `ask-sent-${language}`);
    assert.ok(!(await main(page).textContent()).includes(LAWYER.name), 'nobody is named');

    await open('/look');
    await main(page).locator('a[href^="/look/consent/"]').first().click();
    await inspect(tools);
    await pictures(tools, `look-consent-${language}`);
    await page.fill('#id_number', DOCTOR.number);
    await page.fill('#name', DOCTOR.name);
    await submit(page).click();
    await page.waitForLoadState();
    await inspect(tools);
    await pictures(tools, `look-answer-${language}`);
    assert.ok((await main(page).textContent()).includes('DOC-98000002'));
    const receipt = await main(page).locator('a[href$="/receipt"]').getAttribute('href');
    const file = await page.request.get(origin + receipt);
    assert.ok((await file.text()).includes('c2sp.org/tlog-proof@v1'));
    await open('/my-looks');
    await inspect(tools);
    await pictures(tools, `my-looks-${language}`);
  },
});

const underLaw = (language) => ({
  name: `the law bureau looks under a law, with a case and a reason (${language})`,
  async run(tools) {
    const { page, open } = tools;
    await signIn(tools, language, LAW);
    await open('/look');
    await main(page).locator('a[href="/look/law/licensing-renewal"]').click();
    await page.fill('#id_number', LAWYER.number);
    await page.fill('#name', LAWYER.name);
    await submit(page).click();
    await page.waitForLoadState();
    assert.equal(await main(page).locator('.govuk-error-summary a').getAttribute('href'), '#case_reference');
    await inspect(tools);
    await pictures(tools, `look-law-problem-${language}`);
    await page.fill('#case_reference', 'CASE-7');
    await page.fill('#reason', 'made up');
    await submit(page).click();
    await page.waitForLoadState();
    await inspect(tools);
    await pictures(tools, `look-law-answer-${language}`);
    assert.ok((await main(page).textContent()).includes('LAW-98000001'));
    const response = await page.request.get(page.url());
    assert.ok(!(await response.text()).includes('LAW-98000001'), 'the answer is shown once');
  },
});

const fruitless = (language, { door, opened }) => ({
  name: `a look that found nothing is complained of from its own page (${language})`,
  async run(tools) {
    const { page, open } = tools;
    await signIn(tools, language, LAW);
    await open('/look/law/licensing-renewal');
    await page.fill('#id_number', LAWYER.number);
    await page.fill('#name', DOCTOR.name);
    await page.fill('#case_reference', 'CASE-8');
    await page.fill('#reason', 'made up');
    await submit(page).click();
    await page.waitForLoadState();
    await signIn(tools, language, 'as-person-0');
    await open('/looks');
    const look = main(page).locator('a[href^="/looks/"]:not([href$="/receipt"])').first();
    await open(await look.getAttribute('href'));
    await inspect(tools);
    await pictures(tools, `look-fruitless-${language}`);
    assert.equal(await main(page).locator('a[href$="/reconsideration"]').count(), 0, 'there is nothing to reconsider');
    await main(page).getByRole('link', { name: door, exact: true }).click();
    await page.waitForURL(/\/looks\/[0-9a-f]{32}\/complaint$/);
    await inspect(tools);
    await page.fill('#text', `made up (${language})`);
    await submit(page).click();
    await page.waitForURL(/\/procedures\/[0-9a-f]{32}$/);
    assert.match(await main(page).textContent(), opened);
    await inspect(tools);
    await pictures(tools, `look-fruitless-complaint-${language}`);
  },
});

const disputed = (language) => ({
  name: `a dispute is opened, and an answer without reasons is not taken (${language})`,
  async run(tools) {
    const { page, open } = tools;
    await signIn(tools, language, LAW);
    await open('/desk/procedures');
    await main(page).locator('tbody a').first().click();
    await inspect(tools);
    await pictures(tools, `dispute-${language}`);
    await main(page).locator('a[href$="/correct"]').click();
    await inspect(tools);
    await pictures(tools, `correct-${language}`);
    await page.goBack();
    await page.check('#do-uphold');
    await submit(page).click();
    await page.waitForLoadState();
    await inspect(tools);
    assert.equal(await main(page).locator('.govuk-error-summary a').getAttribute('href'), '#reasons');
    await pictures(tools, `dispute-problem-${language}`);
  },
});

export default [
  pages('en', LAW, AUTHORITY),
  pages('zh', LAW, AUTHORITY),
  pages('en', HOSPITAL, INQUIRER),
  pages('zh', HOSPITAL, INQUIRER),
  byConsent('en'),
  byConsent('zh'),
  underLaw('en'),
  underLaw('zh'),
  fruitless('en', { door: 'Complain', opened: /Complaint/ }),
  fruitless('zh', { door: '投诉', opened: /投诉/ }),
  disputed('zh'),
  disputed('en'),
  {
    name: 'a dispute is answered: the record is put right, and the person sees it',
    async run(tools) {
      const { page, open } = tools;
      await signIn(tools, 'en', LAW);
      await open('/desk/procedures');
      await main(page).locator('tbody a').first().click();
      await main(page).locator('a[href$="/correct"]').click();
      await page.fill('#f-scope', '律师');
      await page.fill('#reasons', 'The scope is put right.');
      await submit(page).click();
      await page.waitForURL(/\/desk\/procedures\/[0-9a-f]{32}$/);
      assert.match(await main(page).textContent(), /the record was corrected/);
      await inspect(tools);
      await pictures(tools, 'dispute-answered-en');
      await signIn(tools, 'en', 'as-person-0');
      await open('/records');
      assert.match(await main(page).textContent(), /Corrected/);
    },
  },
  {
    name: 'a restoration is taken and granted, and the decision no longer counts',
    async run(tools) {
      const { page, open } = tools;
      await signIn(tools, 'en', HEALTH);
      await open('/desk/procedures');
      await main(page).locator('tbody a').first().click();
      await inspect(tools);
      await pictures(tools, 'restoration-en');
      await page.check('#do-take');
      await submit(page).click();
      await page.waitForURL(/\/desk\/procedures\/[0-9a-f]{32}$/);
      await signIn(tools, 'zh', HEALTH);
      await open('/desk/procedures');
      await main(page).locator('tbody a').first().click();
      await inspect(tools);
      await pictures(tools, 'restoration-zh');
      await page.check('#do-grant');
      await page.fill('#reasons', '义务已履行。');
      await submit(page).click();
      await page.waitForURL(/\/desk\/procedures\/[0-9a-f]{32}$/);
      assert.match(await main(page).textContent(), /准予修复/);
      await inspect(tools);
      await signIn(tools, 'zh', 'as-person-1');
      await open('/records');
      assert.match(await main(page).textContent(), /已修复/);
    },
  },
  {
    name: 'who does not confirm in time is reminded, and reviewers see it by its name',
    async run(tools) {
      const { page, open, later } = tools;
      await later(30);
      for (const [language, name] of [['en', /Example Hospital/], ['zh', /示例医院/]]) {
        await signIn(tools, language, 'as-reviewer-0');
        await open('/review/overdue');
        assert.match(await main(page).locator('tbody').first().textContent(), name);
        await inspect(tools);
        await pictures(tools, `overdue-filled-${language}`);
      }
      await signIn(tools, 'en', HOSPITAL);
      await open('/desk/inbox');
      await inspect(tools);
      await pictures(tools, 'inbox-reminded-en');
    },
  },
  {
    name: 'the hospital is told to stop using what was restored, and confirms it',
    async run(tools) {
      const { page, open } = tools;
      await signIn(tools, 'en', HOSPITAL);
      await open('/desk/inbox');
      await inspect(tools);
      await pictures(tools, 'inbox-stop-en');
      const confirm = main(page).locator('form[action="/desk/inbox/confirm"] button');
      assert.ok((await confirm.count()) >= 1);
      await confirm.first().click();
      await page.waitForLoadState();
      await inspect(tools);
      assert.equal(await page.locator('.govuk-error-summary').count(), 0);
    },
  },
  {
    name: 'somebody is added and their account ended, by the keyboard alone',
    async run(tools) {
      const { page, open } = tools;
      await signIn(tools, 'en', HOSPITAL);
      await open('/desk/staff');
      await page.focus('#account');
      await page.keyboard.type('hospital-02');
      await page.keyboard.press('Tab');
      await page.keyboard.type('Wu Shili');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await main(page).locator('tbody').getByText('Wu Shili').first().waitFor();
      const end = main(page).locator('form[action="/desk/staff/stop"] button');
      await end.last().focus();
      await page.keyboard.press('Enter');
      await main(page).locator('tbody').getByText('left').first().waitFor();
      await inspect(tools);
    },
  },
  {
    name: 'whoever does not lead sees who does, and is offered nothing that they may not do',
    async run(tools) {
      const { page, open } = tools;
      await signIn(tools, 'zh', LAW_SECOND);
      await open('/desk/staff');
      assert.ok((await main(page).textContent()).includes('负责人：江示例'));
      assert.equal(await main(page).locator('form').count(), 0);
      await inspect(tools);
      await signIn(tools, 'en', LAW);
      await open('/desk/staff');
      await main(page).getByRole('button', { name: 'Let them lead 许示例' }).focus();
      await page.keyboard.press('Enter');
      await main(page).getByText('The account leads from now on').first().waitFor();
      await main(page).getByRole('button', { name: 'Lead no longer 许示例' }).click();
      await main(page).getByText('The account does not lead any more').first().waitFor();
      await inspect(tools);
    },
  },
  {
    name: 'a body sees nothing of another, and a form of another site does nothing',
    async run({ page, open, origin, ...tools }) {
      await signIn({ page, open, origin, ...tools }, 'en', LAW);
      await open('/desk/procedures');
      const own = await page.locator('main tbody a').first().getAttribute('href');
      await signIn({ page, open, origin, ...tools }, 'en', HEALTH);
      assert.equal((await page.request.get(origin + own)).status(), 404);
      assert.equal((await page.request.get(`${origin}/review`)).status(), 403);
      const forged = await page.request.post(`${origin}${own}/answer`, { form: { do: 'uphold', token: 'x' } });
      assert.equal(forged.status(), 403);
    },
  },
];
