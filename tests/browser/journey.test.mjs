// The main job as somebody does it in a browser: sign in, see, ask for a certificate, have it checked, revoke it;
// and at the desk: submit a file, see its rows, download the rejected ones, take it back. Every page on the way is
// checked for accessibility, and on a narrow phone, in both languages.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const BATCH = fileURLToPath(new URL('../../fixtures/batches/licences-tourism-commission.csv', import.meta.url));

const submit = (page) => page.locator('main form button[type=submit], main form button').first();

async function signIn({ page, open }, id) {
  await open('/sign-in');
  await page.check(`#${id}`);
  await submit(page).click();
  await page.waitForLoadState();
}

async function inspect({ checkAccessible, noHorizontalScroll }) {
  await checkAccessible();
  await noHorizontalScroll();
}

const personPages = (language) => ({
  name: `the pages of a person are accessible and fit a phone (${language})`,
  async run(tools) {
    const { page, open } = tools;
    await open(`/language/${language}?to=/`);
    await inspect(tools);
    await open('/sign-in');
    await inspect(tools);
    await signIn(tools, 'as-person-1');
    for (const path of ['/records', '/looks', '/certificates', '/verify', '/log']) {
      const response = await open(path);
      assert.equal(response.status(), 200, path);
      assert.equal(await page.locator('h1').count(), 1, path);
      const lang = await page.locator('html').getAttribute('lang');
      assert.ok(lang.startsWith(language), `${path}: ${lang}`);
      await inspect(tools);
    }
  },
});

const deskPages = (language) => ({
  name: `the desk takes a file in, shows its rows and takes it back (${language})`,
  async run(tools) {
    const { page, open, origin } = tools;
    await open(`/language/${language}?to=/`);
    await signIn(tools, 'as-clerk-2');
    await open('/desk');
    await inspect(tools);
    await page.setInputFiles('input[type=file]', BATCH);
    await page.selectOption('main select[name=kind]', 'licence');
    await submit(page).click();
    await page.waitForURL(/\/desk\/[0-9a-f]{32}/);
    await inspect(tools);
    const codes = await page.locator('main code').allTextContents();
    assert.ok(codes.includes('id-check-digit') && codes.includes('basis-unknown'), codes.join(' '));
    const submission = page.url();
    const rejected = await page.request.get(`${submission}/rejected.csv`);
    const [heading] = (await rejected.text()).split('\r\n');
    const [sent] = (await readFile(BATCH, 'utf8')).split(/\r?\n/);
    assert.equal(heading.replaceAll('"', '').replace('\ufeff', ''), `${sent.replace('\ufeff', '').trim()},code,message`);
    await page.goto(`${submission}/take-back`);
    await inspect(tools);
    await submit(page).click();
    await page.waitForLoadState();
    await inspect(tools);
    assert.ok(page.url().startsWith(origin));
    const again = await page.request.get(`${origin}/records`);
    assert.equal(again.status(), 403);
  },
});

export default [
  personPages('en'),
  personPages('zh'),
  deskPages('en'),
  deskPages('zh'),
  {
    name: 'a certificate is issued, checked as text, as PDF and as a picture, and revoked',
    async run(tools) {
      const { page, open, origin } = tools;
      await open('/language/en?to=/');
      await signIn(tools, 'as-person-0');
      await open('/certificates');
      await page.locator('form[action="/certificates"] button').first().click();
      await page.waitForURL(/\/certificates\/[0-9a-f]{32}/);
      await inspect(tools);
      const certificate = page.url();
      const area = page.locator('main textarea, main pre').first();
      const text = ((await area.inputValue().catch(() => null)) ?? (await area.textContent())).trim();
      assert.match(text, /^[\w.~-]+$/);
      const verify = async (fill) => {
        await open('/verify');
        await fill();
        await submit(page).click();
        await page.waitForLoadState();
        return page.locator('h1').textContent();
      };
      const pasted = (value) => () => page.fill('textarea', value);
      const heading = await verify(pasted(text));
      assert.match(heading, /valid/i);
      await inspect(tools);
      for (const [path, name, mimeType] of [
        ['certificate.pdf', 'c.pdf', 'application/pdf'],
        ['qr.png', 'c.png', 'image/png'],
      ]) {
        const buffer = await (await page.request.get(`${certificate}/${path}`)).body();
        const found = await verify(() => page.setInputFiles('input[type=file]', { name, mimeType, buffer }));
        assert.equal(found, heading, name);
      }
      const altered = await verify(pasted(text.replace('.', '.A')));
      assert.notEqual(altered, heading);
      await page.goto(`${certificate}/revoke`);
      await inspect(tools);
      await submit(page).click();
      await page.waitForLoadState();
      const revoked = await verify(pasted(text));
      assert.match(revoked, /revoked/i);
      assert.ok(page.url().startsWith(origin));
      await open('/certificates');
      await inspect(tools);
    },
  },
  {
    name: 'everything held can be taken away as JSON and as PDF, and every look has a receipt',
    async run(tools) {
      const { page, open, origin } = tools;
      await signIn(tools, 'as-person-0');
      const json = await (await page.request.get(`${origin}/records/download.json`)).json();
      assert.ok(JSON.stringify(json).includes('LAW-98000001'));
      const pdf = await (await page.request.get(`${origin}/records/download.pdf`)).body();
      assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
      await open('/looks');
      const link = await page.locator('main a[href*="receipt"]').first().getAttribute('href');
      const receipt = await (await page.request.get(new URL(link, origin).href)).text();
      assert.ok(receipt.includes('c2sp.org/tlog-proof@v1'));
    },
  },
  {
    name: 'nobody sees what is not theirs, and a form of another site does nothing',
    async run({ page, open, origin }) {
      const away = await page.request.get(`${origin}/records`, { maxRedirects: 0 });
      assert.equal(away.status(), 303);
      const forged = await page.request.post(`${origin}/sign-in`, { form: { as: 'person-0', token: 'x' }, maxRedirects: 0 });
      assert.equal(forged.status(), 403);
      const response = await open('/');
      const policy = response.headers()['content-security-policy'];
      assert.ok(policy.includes("default-src 'none'") && !policy.includes('unsafe'), policy);
    },
  },
];
