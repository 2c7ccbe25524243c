// What a reviewer does in a browser: look into a look and close it as improper, which the person is told and the public
// figure counts; take a complaint and answer it. Every page in both languages, accessible and on a narrow phone.

import assert from 'node:assert/strict';
import { signIn, withCheckDigit } from './harness.mjs';

const REVIEWER = 'as-reviewer-0';
const NUMBER = withCheckDigit('99800019850412012');
const PAGES = ['/review', '/review/procedures', '/review/overdue', '/review/members', '/review/breaches', '/review/court', '/review/reentry', '/review/inbox', '/oversight'];

const main = (page) => page.locator('main');

async function inspect({ checkAccessible, noHorizontalScroll, page }) {
  await checkAccessible();
  await noHorizontalScroll();
  assert.equal(await page.locator('h1').count(), 1, page.url());
  assert.ok((await page.locator('.govuk-service-navigation__item').count()) <= 7, 'no more than seven places');
}

/** A picture wide and another narrow. */
async function pictures({ page, screenshot }, name) {
  await screenshot(`${name}-wide`);
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  await screenshot(`${name}-narrow`);
  await page.setViewportSize(before);
}

const pages = (language) => ({
  name: `the pages of a reviewer are accessible, fit a phone and name nobody (${language})`,
  async run(tools) {
    const { page, open } = tools;
    await open(`/language/${language}?to=/sign-in`);
    await inspect(tools);
    await pictures(tools, `sign-in-${language}`);
    await signIn(tools, language, REVIEWER);
    for (const path of PAGES) {
      const response = await open(path);
      assert.equal(response.status(), 200, path);
      assert.ok((await page.locator('html').getAttribute('lang')).startsWith(language), path);
      assert.ok(!(await main(page).textContent()).includes('林示安'), path);
      await inspect(tools);
      await pictures(tools, `reviewer${path.replaceAll('/', '-')}-${language}`);
    }
    await open('/review');
    await main(page).locator('a[href^="/review/looks/"]').first().click();
    await inspect(tools);
    await pictures(tools, `review-look-${language}`);
    await open('/review/procedures');
    await main(page).locator('tbody a').first().click();
    await inspect(tools);
    await pictures(tools, `review-procedure-${language}`);
  },
});

export default [
  pages('en'),
  pages('zh'),
  {
    name: 'a look is closed as improper, with reasons; the person is told, and the public figure counts it',
    async run(tools) {
      const { page, open } = tools;
      await signIn(tools, 'en', REVIEWER);
      await main(page).locator('a[href^="/review/looks/"]').first().click();
      const before = await main(page).textContent();
      assert.ok(!before.includes('DEMO-LAW'), 'the case is closed at first');
      await main(page).locator('form[action$="/case"] button').click();
      await page.waitForLoadState();
      await inspect(tools);
      assert.match(await main(page).textContent(), /DEMO-/);
      await pictures(tools, 'review-case-en');
      await page.check('#verdict-improper');
      await main(page).locator('form[action$="/close"] button').click();
      await page.waitForLoadState();
      assert.equal(await main(page).locator('.govuk-error-summary a').getAttribute('href'), '#reasons');
      await inspect(tools);
      await pictures(tools, 'review-look-problem-en');
      await page.fill('#reasons', 'There was no such case.');
      await main(page).locator('form[action$="/close"] button').click();
      await page.waitForURL(/\/review$/);
      await inspect(tools);
      await signIn(tools, 'en', 'as-person-0');
      await open('/looks');
      assert.match(await main(page).textContent(), /not proper/);
      await open('/oversight');
      assert.equal(await main(page).locator('[data-body="law-bureau"]').textContent(), '1');
      await inspect(tools);
    },
  },
  {
    name: 'a complaint is taken and answered with reasons and measures (zh)',
    async run(tools) {
      const { page, open } = tools;
      await signIn(tools, 'zh', REVIEWER);
      await open('/review/procedures');
      await main(page).locator('tbody a').first().click();
      await main(page).locator('form[action$="/take"] button').click();
      await page.waitForLoadState();
      await inspect(tools);
      await page.check('#finding-founded');
      await page.fill('#reasons', '查询次数过多。');
      await main(page).locator('form[action$="/answer"] button').click();
      await page.waitForLoadState();
      assert.equal(await main(page).locator('.govuk-error-summary a').getAttribute('href'), '#measures');
      await inspect(tools);
      await pictures(tools, 'complaint-problem-zh');
      await page.fill('#measures', '已要求该单位说明。');
      await main(page).locator('form[action$="/answer"] button').click();
      await page.waitForURL(/\/review\/procedures\/[0-9a-f]{32}$/);
      assert.match(await main(page).textContent(), /投诉成立/);
      await inspect(tools);
      await pictures(tools, 'complaint-answered-zh');
    },
  },
  ...['en', 'zh'].map((language) => ({
    name: `a breach is reported by itself, and whom it affects reads what happened (${language})`,
    async run(tools) {
      const { page, open } = tools;
      await signIn(tools, language, REVIEWER);
      await open('/review/breaches');
      await main(page).locator('form button').click();
      await page.waitForLoadState();
      assert.ok((await main(page).locator('.govuk-error-summary a').count()) >= 1);
      await inspect(tools);
      await pictures(tools, `breach-problem-${language}`);
      await page.selectOption('#body', 'law-bureau');
      await page.fill('#noticed_on', '2020-01-01');
      await page.fill('#happened', `A list lay open for an hour (${language}).`);
      await page.fill('#measures', 'It was taken away.');
      await page.fill('#affected', NUMBER);
      await main(page).locator('form button').click();
      await page.waitForLoadState();
      assert.equal(await main(page).locator('.govuk-notification-banner').count(), 1);
      assert.equal(await main(page).locator('tbody .govuk-tag').first().count(), 1, 'it came late');
      await inspect(tools);
      await pictures(tools, `breach-reported-${language}`);
      await signIn(tools, language, 'as-person-0');
      await open('/inbox');
      await main(page).locator('a[href^="/breaches/"]').first().click();
      await page.waitForLoadState();
      assert.match(await main(page).textContent(), /lay open for an hour/);
      await inspect(tools);
      await pictures(tools, `breach-${language}`);
    },
  })),
  {
    name: 'what a court decided about a record is told by the person, put down by a reviewer, and followed by the authority',
    async run(tools) {
      const { page, open } = tools;
      await signIn(tools, 'en', 'as-person-3');
      await open('/records');
      const href = await main(page).locator('a[href$="/court"]').first().getAttribute('href');
      await open(href);
      await inspect(tools);
      await pictures(tools, 'court-en');
      await open(`/language/zh?to=${href}`);
      await inspect(tools);
      await pictures(tools, 'court-zh');
      await open(`/language/en?to=${href}`);
      await page.fill('#text', 'The court took it back, number 7 of 2026.');
      await main(page).locator('form[action$="/court"] button').click();
      await page.waitForURL(/\/procedures\/[0-9a-f]{32}$/);
      const procedure = page.url().split('/').pop();
      await inspect(tools);
      await pictures(tools, 'court-told-en');
      await open('/records');
      assert.match(await main(page).textContent(), /still to be followed/);

      await signIn(tools, 'en', REVIEWER);
      await open(`/review/procedures/${procedure}`);
      await page.selectOption('#court', { index: 1 });
      await page.fill('#reference', '7');
      await page.fill('#decided_on', '2026-11-02');
      await page.selectOption('#outside_order', 'withdraw');
      await main(page).locator('form[action$="/outside"] button').click();
      await page.waitForLoadState();
      await inspect(tools);
      await pictures(tools, 'court-put-down-en');
      await signIn(tools, 'en', 'as-person-3');
      await open(`/procedures/${procedure}`);
      await inspect(tools);
      await pictures(tools, 'court-to-be-followed-en');
    },
  },
  {
    name: 'a reviewer has no way to search for a person, and nobody else gets in',
    async run(tools) {
      const { page, open, origin } = tools;
      await signIn(tools, 'en', REVIEWER);
      for (const path of ['/look', '/desk/procedures', '/records', '/my-looks']) {
        assert.equal((await page.request.get(origin + path)).status(), 403, path);
      }
      for (const path of PAGES) {
        await open(path);
        assert.equal(await main(page).locator('form[method=get]').count(), 0, path);
      }
      await signIn(tools, 'en', 'as-clerk-0');
      assert.equal((await page.request.get(`${origin}/review/members`)).status(), 403);
    },
  },
];
