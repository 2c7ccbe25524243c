// What a person does about who may look and about what is held: decide a consent, dispute a record with a file and a
// statement, act for somebody else. Every page is checked for accessibility and on a narrow phone, in both languages;
// the ways themselves are gone by keyboard.

import assert from 'node:assert/strict';

const PDF = Buffer.from('%PDF-1.4\nmade up\nstartxref\n9\n%%EOF\n');

async function signIn({ page, open }, id) {
  await open('/sign-in');
  await page.check(`#${id}`);
  await page.locator('main form button[type=submit]').first().click();
  await page.waitForLoadState();
}

async function inspect({ page, checkAccessible, noHorizontalScroll }) {
  assert.equal(await page.locator('h1').count(), 1, page.url());
  assert.ok((await page.locator('nav').first().locator('a').count()) <= 7, 'seven places at most');
  assert.ok(!decodeURIComponent(page.url()).match(/示|LAW-|\b99\d{15}[\dX]\b/), `nothing about people in ${page.url()}`);
  await checkAccessible();
  await noHorizontalScroll();
}

/** Pictures of a page, wide and, where asked for, narrow. */
async function pictures({ page, screenshot }, name, narrow = false) {
  await screenshot(name);
  if (!narrow) return;
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  await screenshot(`${name}-narrow`);
  await page.setViewportSize(before);
}

/** Presses Tab until what is sought has the focus; nothing is reached otherwise. */
async function tabTo(page, sought) {
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press('Tab');
    if (await sought.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail(`Tab never reaches it on ${page.url()}`);
}

/** Goes where a link or button leads, by keyboard. */
async function go(page, sought) {
  await tabTo(page, sought);
  const loaded = page.waitForEvent('load');
  await page.keyboard.press('Enter');
  await loaded;
}

const see = async (tools, path, name) => {
  const response = await tools.open(path);
  assert.equal(response.status(), 200, path);
  const lang = await tools.page.locator('html').getAttribute('lang');
  await inspect(tools);
  await pictures(tools, `${name}-${lang.slice(0, 2)}`);
};

const ownLooks = (language) => ({
  name: `one's own looks stand apart, with their number, and drown nobody else's (${language})`,
  async run(tools) {
    const { page, open } = tools;
    await open(`/language/${language}?to=/`);
    await signIn(tools, 'as-person-0');
    for (let times = 0; times < 55; times += 1) await open('/records');
    await open('/looks');
    const parts = page.locator('main nav').first();
    const number = async (locator) => Number((await locator.textContent()).match(/\d+/)[0]);
    const rows = () => page.locator('main tbody tr').count();
    const others = await number(parts.locator('[aria-current=page]'));
    assert.ok(others > 0 && (await rows()) === Math.min(others, 50), 'others come first');
    await inspect(tools);
    await pictures(tools, `looks-others-${language}`, true);
    const own = parts.locator('a');
    const before = await number(own);
    assert.ok(before > 55, 'each has been counted');
    await go(page, own);
    assert.equal(await number(parts.locator('[aria-current=page]')), before + 1, 'this page was a look too');
    assert.equal(await rows(), 50, 'a page of them');
    assert.equal(await page.locator('main tbody a[href$="/receipt"]').count(), 50, 'with a receipt each');
    await inspect(tools);
    await pictures(tools, `looks-own-${language}`, true);
    await go(page, page.locator('main a[rel=next]'));
    assert.match(page.url(), /own=yes&page=2$/);
    await go(page, parts.locator('a'));
    assert.equal(await number(parts.locator('[aria-current=page]')), others, 'the rest is as it was');
  },
});

const inquiry = (language) => ({
  name: `inbox, consents, looks and representatives are accessible and fit a phone (${language})`,
  async run(tools) {
    const { page, open } = tools;
    await open(`/language/${language}?to=/`);
    await signIn(tools, 'as-person-0');
    await see(tools, '/inbox', 'inbox');
    await see(tools, '/consents', 'consents');
    await see(tools, '/records', 'records');
    await see(tools, '/looks', 'looks');
    await see(tools, '/mandates', 'mandates');
    await see(tools, '/procedures', 'procedures-none');
    await open('/consents');
    const consent = await page.locator('main a[href^="/consents/"][href$="/refuse"]').first().getAttribute('href');
    await see(tools, consent, 'consent-refuse');
    await see(tools, consent.replace('/refuse', ''), 'consent');
    await open('/looks');
    const look = page.locator('main a[href^="/looks/"]:not([href$="/receipt"])').last();
    const address = await look.getAttribute('href');
    await see(tools, address, 'look');
    await see(tools, `${address}/reconsideration`, 'look-reconsideration');
    await see(tools, `${address}/complaint`, 'look-complaint');
    await open('/mandates');
    await see(tools, await page.locator('main a[href$="/end"]').first().getAttribute('href'), 'mandate-end');
  },
});

const procedures = (language) => ({
  name: `procedures and their forms are accessible and fit a phone (${language})`,
  async run(tools) {
    const { page, open } = tools;
    await open(`/language/${language}?to=/`);
    await signIn(tools, 'as-person-1');
    await see(tools, '/procedures/records', 'named-records');
    await see(tools, '/procedures', 'procedures');
    await page.locator('main table a', { hasText: /Dispute|异议/ }).first().click();
    await page.waitForLoadState();
    const procedure = new URL(page.url()).pathname;
    await see(tools, procedure, 'procedure');
    await see(tools, `${procedure}/take-back`, 'take-back');
    await see(tools, '/records', 'records-disputed');
    await see(tools, await page.locator('main a[href$="/dispute"]').first().getAttribute('href'), 'dispute');
    await open('/records');
    const [, , decision] = (await page.locator('main a[href$="/receipt"]').first().getAttribute('href')).split('/');
    await see(tools, `/records/${decision}/restoration`, 'restoration');
    await see(tools, '/procedures/complaint', 'complaint');
  },
});

/** A whole consent: less is granted, it is paused, resumed and taken back. By keyboard. */
const consent = (language, person, words) => ({
  name: `a consent is granted in part, paused, resumed and taken back by keyboard (${language})`,
  async run(tools) {
    const { page, open } = tools;
    await open(`/language/${language}?to=/`);
    await signIn(tools, person);
    await open('/consents');
    await go(page, page.locator('main a.govuk-button').first());
    const fields = page.locator('main input[type=checkbox]');
    const all = await fields.count();
    await tabTo(page, fields.first());
    await page.keyboard.press('Space');
    assert.equal(await fields.first().isChecked(), false);
    const until = page.locator('#until');
    const asked = await until.inputValue();
    const earlier = new Date(Date.parse(asked) - 7 * 86_400_000).toISOString().slice(0, 10);
    await until.fill(earlier);
    await page.locator('#looks').fill('9');
    await go(page, page.locator('main form button[type=submit]'));
    assert.ok(await page.locator('.govuk-error-summary').isVisible(), 'more looks than asked for are not granted');
    await inspect(tools);
    await pictures(tools, `consent-wrong-${language}`);
    assert.equal(await page.locator('#until').inputValue(), earlier, 'what was chosen is kept');
    assert.equal(await page.locator('main input[type=checkbox]:checked').count(), all - 1);
    await page.locator('#looks').fill('1');
    await go(page, page.locator('main form button[type=submit]'));
    await inspect(tools);
    assert.match(await page.locator('main').textContent(), words.less);
    await go(page, page.locator('main form[action$="/pause"] button'));
    assert.match(await page.locator('main').textContent(), words.paused);
    await pictures(tools, `consent-paused-${language}`, true);
    await go(page, page.locator('main form[action$="/resume"] button'));
    await go(page, page.locator('main a[href$="/revoke"]'));
    await inspect(tools);
    await go(page, page.locator('main form button[type=submit]'));
    await page.waitForURL(/\/consents$/);
    assert.match(await page.locator('main').textContent(), words.revoked);
    await inspect(tools);
    await pictures(tools, `consents-ended-${language}`);
  },
});

/** A dispute with a file: what is wrong is said at the field, then it is opened, read and taken back. */
const dispute = (language, person, words) => ({
  name: `a record is disputed with a file and the dispute is read and taken back (${language})`,
  async run(tools) {
    const { page, open, origin } = tools;
    await open(`/language/${language}?to=/`);
    await signIn(tools, person);
    await open('/records');
    await go(page, page.locator('main a[href$="/dispute"]').first());
    await page.selectOption('#field', { index: 1 });
    const field = await page.inputValue('#field');
    await page.fill('#text', words.text);
    await page.setInputFiles('#files', { name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('no PDF') });
    await go(page, page.locator('main form button[type=submit]'));
    await inspect(tools);
    await pictures(tools, `dispute-wrong-${language}`);
    assert.equal(await page.locator('#files-error').count(), 1);
    assert.equal((await page.inputValue('#text')).trim(), words.text, 'what was written is kept');
    assert.equal(await page.inputValue('#field'), field);
    await page.setInputFiles('#files', { name: 'letter.pdf', mimeType: 'application/pdf', buffer: PDF });
    await go(page, page.locator('main form button[type=submit]'));
    await page.waitForURL(/\/procedures\/[0-9a-f]{32}$/);
    await inspect(tools);
    await pictures(tools, `dispute-open-${language}`);
    const procedure = page.url();
    assert.ok((await page.locator('main').textContent()).includes(words.text));
    const file = await page.locator('main a[href*="/files/"]').getAttribute('href');
    const download = await page.request.get(origin + file);
    assert.equal(download.headers()['content-type'], 'application/pdf');
    assert.deepEqual(await download.body(), PDF);
    await open('/records');
    await inspect(tools);
    assert.match(await page.locator('main').textContent(), words.disputed);
    await open('/inbox');
    assert.match(await page.locator('main').textContent(), words.opened);
    await page.goto(procedure);
    await go(page, page.locator('main a[href$="/take-back"]'));
    await go(page, page.locator('main form button[type=submit]'));
    await page.waitForURL(procedure);
    assert.match(await page.locator('main').textContent(), words.takenBack);
    await inspect(tools);
  },
});

/** The record stands: the person adds a statement, which is then shown with the record. */
const statement = (language, person, text) => ({
  name: `a statement is added to a record that was upheld (${language})`,
  async run(tools) {
    const { page, open } = tools;
    await open(`/language/${language}?to=/`);
    await signIn(tools, person);
    await open('/records');
    await go(page, page.locator('main a[href$="/statement"]').first());
    await inspect(tools);
    await go(page, page.locator('main form button[type=submit]'));
    assert.equal(await page.locator('#text-error').count(), 1, 'nothing written is said at the field');
    await page.fill('#text', text);
    await go(page, page.locator('main form button[type=submit]'));
    await page.waitForURL(/\/procedures\/[0-9a-f]{32}$/);
    await inspect(tools);
    await pictures(tools, `procedure-upheld-${language}`, true);
    assert.ok((await page.locator('main').textContent()).includes(text));
    await go(page, page.locator('main a[href$="/reconsideration"]'));
    await inspect(tools);
    await open('/records');
    assert.ok((await page.locator('main').textContent()).includes(text), 'it travels with the record');
    await inspect(tools);
    await pictures(tools, `records-statement-${language}`);
  },
});

const acting = (language, words) => ({
  name: `acting for somebody is marked on every page and has a way back (${language})`,
  async run(tools) {
    const { page, open } = tools;
    await open(`/language/${language}?to=/`);
    await signIn(tools, 'as-person-4');
    await open('/mandates');
    await go(page, page.locator('main form[action$="/act"] button').first());
    await page.waitForURL(/\/procedures$/);
    for (const path of ['/procedures', '/records', '/looks', '/inbox', '/mandates', '/verify']) {
      await open(path);
      assert.match(await page.locator('.standing-acting').textContent(), words.acting, path);
      await inspect(tools);
    }
    await open('/records');
    await pictures(tools, `acting-${language}`, true);
    assert.match(await page.locator('main').textContent(), /LAW-98000001/);
    const beyond = await open('/consents');
    assert.equal(beyond.status(), 403);
    await inspect(tools);
    await go(page, page.locator('.standing-acting button'));
    await page.waitForURL(/\/mandates$/);
    assert.equal(await page.locator('.standing-acting').count(), 0);
  },
});

export default [
  inquiry('en'),
  inquiry('zh'),
  ownLooks('en'),
  ownLooks('zh'),
  procedures('en'),
  procedures('zh'),
  consent('zh', 'as-person-4', { less: /少于对方所请求/, paused: /已暂停/, revoked: /已收回/ }),
  consent('en', 'as-person-0', { less: /granted less/, paused: /Paused/, revoked: /Taken back/ }),
  dispute('en', 'as-person-3', {
    text: 'Made up: the scope is mathematics.',
    disputed: /is still to be followed/,
    opened: /Your dispute was opened/,
    takenBack: /taken back/,
  }),
  dispute('zh', 'as-person-4', {
    text: '虚构示例：范围写错了。',
    disputed: /有关决定尚待执行/,
    opened: /您的异议已受理/,
    takenBack: /已撤回/,
  }),
  statement('en', 'as-person-2', 'Made up: the original was not complete.'),
  statement('zh', 'as-person-4', '虚构示例：原件当时并不完整。'),
  acting('en', { acting: /You are acting for 林示安/ }),
  acting('zh', { acting: /您正在代 林示安 办理/ }),
  {
    name: 'a notice is marked as read by keyboard, and the count in the navigation goes down',
    async run(tools) {
      const { page, open } = tools;
      await open('/language/en?to=/');
      await signIn(tools, 'as-person-2');
      await open('/inbox');
      const count = async () => Number((await page.locator('nav a[href="/inbox"]').textContent()).match(/\((\d+) new\)/)?.[1] ?? 0);
      const before = await count();
      assert.ok(before > 0);
      await go(page, page.locator('main form[action^="/notices/"] button').first());
      await page.waitForURL(/\/inbox$/);
      assert.equal(await count(), before - 1);
      await inspect(tools);
    },
  },
];
