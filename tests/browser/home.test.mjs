// The first page: there, readable, usable, on a phone too.

import assert from 'node:assert/strict';

export default [
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
