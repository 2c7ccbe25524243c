// The first page: there, readable, usable, on a phone too.

import assert from 'node:assert/strict';
import { signIn } from './harness.mjs';

const WIDTHS = [768, 1024, 1200, 1280];

/** Whether these stand on one row: that each begins above where the first one ends. */
async function onOneRow(locator) {
  const boxes = await locator.evaluateAll((all) => all.map((one) => one.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom]));
  return boxes.every(([top]) => top < boxes[0][1]);
}

export default [
  {
    name: 'the navigation and the languages each stand on one row, from a tablet on',
    async run(tools) {
      const { page, open, noHorizontalScroll } = tools;
      for (const [who, path] of [['as-person-1', '/looks'], ['as-clerk-1', '/desk/alerts'], ['as-reviewer-0', '/review']]) {
        for (const language of ['en', 'zh']) {
          await signIn(tools, language, who);
          await open(path);
          for (const width of WIDTHS) {
            await page.setViewportSize({ width, height: 900 });
            const where = `${who} ${language} ${width}`;
            assert.ok(await onOneRow(page.locator('.govuk-service-navigation__item')), where);
            assert.ok(await onOneRow(page.locator('.standing-header__name, .govuk-language-navigation')), where);
          }
          for (const width of [390, ...WIDTHS]) {
            await noHorizontalScroll(width);
            await page.setViewportSize({ width, height: 900 });
            await tools.screenshot(`navigation-${who}-${language}-${width}`);
          }
        }
      }
    },
  },
  {
    name: 'the home page opens with a title and one main heading',
    async run({ page, open }) {
      const response = await open('/');
      assert.equal(response.status(), 200);
      assert.notEqual((await page.title()).trim(), '');
      assert.equal(await page.locator('h1').count(), 1);
      assert.match((await page.locator('html').getAttribute('lang')) ?? '', /^(en|zh)/);
    },
  },
  {
    name: 'the home page is accessible',
    async run({ open, checkAccessible, screenshot }) {
      await open('/');
      await checkAccessible();
      await screenshot('home');
    },
  },
  {
    name: 'the home page fits a narrow phone',
    async run({ open, noHorizontalScroll }) {
      await open('/');
      await noHorizontalScroll();
    },
  },
  {
    name: 'the first press of Tab reaches a link past the navigation',
    async run({ page, open }) {
      await open('/');
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      assert.match((await focused.getAttribute('href')) ?? '', /^#/);
    },
  },
];
