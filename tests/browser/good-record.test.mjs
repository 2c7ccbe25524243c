// The good record as people use it: an association proposes, an authority takes up, the person publishes one
// commendation with a yes of their own and takes it away again; a certificate shows what its holder chose, and whoever
// checks it reads about the green channel where it is open, and nothing where it is not.

import assert from 'node:assert/strict';

const submit = (page) => page.locator('main form button[type=submit]').first();

async function signIn({ page, open }, id) {
  await open('/sign-in');
  await page.check(`#${id}`);
  await submit(page).click();
  await page.waitForLoadState();
}

async function signOut({ page }) {
  await page.locator('form[action="/sign-out"] button').click();
  await page.waitForLoadState();
}

async function inspect({ checkAccessible, noHorizontalScroll }) {
  await checkAccessible();
  await noHorizontalScroll();
}

/** The page as it looks on a desk and on a phone. */
async function pictures({ page, screenshot }, name) {
  await screenshot(name);
  const before = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  await screenshot(`${name}-narrow`);
  await page.setViewportSize(before);
}

/** A made-up identity number with its check digit (ISO 7064 MOD 11-2). */
function number(body) {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((sum, weight, at) => sum + weight * Number(body[at]), 0);
  return body + '10X98765432'[sum % 11];
}

const SONG = { name: '郭示松', number: number('99800419750808059') };

const look = (language) => ({
  name: `the pages of a good record are accessible and fit a phone (${language})`,
  async run(tools) {
    const { page, open } = tools;
    await open(`/language/${language}?to=/`);
    await open('/commendations');
    assert.ok((await page.locator('main').textContent()).includes('林示安'));
    await inspect(tools);
    await pictures(tools, `commendations-${language}`);
    await signIn(tools, 'as-person-0');
    for (const path of ['/good-record', '/certificates']) {
      assert.equal((await open(path)).status(), 200, path);
      assert.equal(await page.locator('h1').count(), 1, path);
      await inspect(tools);
      await pictures(tools, `${path.slice(1)}-${language}`);
    }
    await signOut(tools);
    await signIn(tools, 'as-clerk-5');
    await open('/desk');
    assert.ok(page.url().endsWith('/proposals'));
    await inspect(tools);
    await pictures(tools, `propose-${language}`);
    await signOut(tools);
    await signIn(tools, 'as-clerk-0');
    await open('/proposals');
    await inspect(tools);
    await pictures(tools, `proposals-${language}`);
    await page.locator('main a[href^="/proposals/"]').first().click();
    await page.waitForLoadState();
    await inspect(tools);
    await pictures(tools, `proposal-${language}`);
  },
});

export default [
  look('en'),
  look('zh'),
  {
    name: 'a commendation is proposed, taken up, published with a yes and gone with a no',
    async run(tools) {
      const { page, open, origin } = tools;
      await open('/language/en?to=/');
      await signIn(tools, 'as-clerk-5');
      await open('/proposals');
      await page.fill('#name', SONG.name);
      await page.fill('#id_number', '1');
      await page.fill('#words-title', 'Made-up honour');
      await submit(page).click();
      await page.waitForLoadState();
      await inspect(tools);
      assert.match(await page.locator('.govuk-error-summary').textContent(), /Nobody with this number/);
      assert.equal(await page.inputValue('#words-title'), 'Made-up honour');
      await page.fill('#id_number', SONG.number);
      await submit(page).click();
      await page.waitForLoadState();
      assert.equal(await page.locator('.govuk-error-summary').count(), 0);
      assert.ok(!(await page.content()).includes(SONG.name), 'an association sees not whom its proposals are about');
      await signOut(tools);

      await signIn(tools, 'as-person-4');
      await open('/good-record');
      assert.match(await page.locator('main').textContent(), /Made-up honour/);
      assert.equal(await page.locator('form[action$="/publish"]').count(), 0, 'a proposal is no record');
      await signOut(tools);

      await signIn(tools, 'as-clerk-0');
      await open('/proposals');
      await page.locator('main a[href^="/proposals/"]').last().click();
      await page.waitForLoadState();
      assert.match(await page.locator('main').textContent(), new RegExp(SONG.name));
      await page.getByRole('button', { name: /Take it up/ }).click();
      await page.waitForLoadState();
      await inspect(tools);
      assert.equal(await page.locator('.govuk-error-summary').count(), 1);
      await page.fill('#field-document_number', 'MADE-UP-1');
      await page.fill('#field-granted_on', '2025-11-20');
      await page.selectOption('#field-legal_basis', 'lawyer-commendation');
      await page.getByRole('button', { name: /Take it up/ }).click();
      await page.waitForURL(/\/proposals$/);
      await signOut(tools);

      const everybody = async () => {
        const answer = await page.request.get(`${origin}/commendations`);
        assert.equal(answer.headers()['cache-control'], 'no-store');
        return answer.text();
      };
      await signIn(tools, 'as-person-4');
      assert.ok(!(await everybody()).includes('Made-up honour'), 'not before the person says yes');
      await open('/good-record');
      await inspect(tools);
      await page.getByRole('button', { name: 'Publish this one' }).click();
      await page.waitForLoadState();
      assert.ok((await everybody()).includes('Made-up honour'));
      await page.getByRole('button', { name: 'Do not publish it' }).click();
      await page.waitForLoadState();
      assert.ok(!(await everybody()).includes('Made-up honour'), 'gone with the no');
      assert.match(await page.locator('main').textContent(), /Not published/);
    },
  },
  {
    name: 'a certificate shows what its holder ticked, and the green channel in words where it is open',
    async run(tools) {
      const { page, open } = tools;
      await open('/language/en?to=/');
      const checked = async (tick) => {
        await open('/certificates');
        if (tick) {
          for (const box of await page.locator('main input[type=checkbox]').all()) await box.check();
        }
        await page.locator('form[action="/certificates"] button').first().click();
        await page.waitForURL(/\/certificates\/[0-9a-f]{32}/);
        await inspect(tools);
        if (tick) await pictures(tools, 'certificate-with-choices');
        const text = await page.locator('main textarea').inputValue();
        await open('/verify');
        await page.fill('textarea', text);
        await submit(page).click();
        await page.waitForLoadState();
        await inspect(tools);
        return page.locator('main').textContent();
      };
      await signIn(tools, 'as-person-0');
      const plain = await checked(false);
      assert.ok(!/Training in|I pledge/.test(plain), plain);
      assert.match(plain, /Green channel: as far as is held here, there is no decision in this profession for at least 3 whole years/);
      const chosen = await checked(true);
      assert.match(chosen, /Training in 2025/);
      assert.match(chosen, /24 hours/);
      assert.match(chosen, /I pledge to practise lawfully/);
      await pictures(tools, 'verify-green-channel');
      await signOut(tools);
      // Fined within three years: the page says nothing of a green channel, not even that it is closed.
      await signIn(tools, 'as-person-1');
      assert.ok(!/[Gg]reen/.test(await checked(false)));
    },
  },
];
