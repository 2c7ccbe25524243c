// The address at which somebody is told of their inbox: given, confirmed by the code in the letter, taken away; by
// keyboard alone, in both languages, also on a narrow phone.

import assert from 'node:assert/strict';

async function signIn({ page, open }, id) {
  await open('/sign-in');
  await page.check(`#${id}`);
  await page.locator('main form button[type=submit]').first().click();
  await page.waitForLoadState();
}

async function inspect({ checkAccessible, noHorizontalScroll }, screenshot, name) {
  await checkAccessible();
  await noHorizontalScroll();
  await screenshot(name);
}

/** The code in the last letter that the program printed, once it is there. */
async function code(said, address) {
  for (let tries = 0; tries < 100; tries += 1) {
    const letter = said().split(`would go to ${address}:`).at(-1);
    const found = said().includes(address) && letter.match(/\b\d{4} \d{4}\b/)?.[0];
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('no letter with a code was printed');
}

/** Goes to the field with this id by Tab, and types. */
async function typeInto(page, id, text) {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.id === wanted, id)) {
      await page.keyboard.type(text);
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`#${id} is not reached by Tab`);
}

const given = (language, person) => ({
  name: `an address is given, confirmed by the code in the letter, and taken away, by keyboard (${language})`,
  async run(tools) {
    const { page, open, said, screenshot } = tools;
    const address = `somebody-${language}@example.org`;
    await open(`/language/${language}?to=/`);
    await signIn(tools, person);
    await open('/inbox/email');
    await inspect(tools, screenshot, `email-${language}-1-empty`);
    await typeInto(page, 'address', 'no address');
    await inspect(tools, screenshot, `email-${language}-2-not-an-address`);
    assert.equal(await page.locator('#address-error').count(), 1);
    await page.fill('#address', '');
    await open('/inbox/email');
    await typeInto(page, 'address', address);
    assert.ok(page.url().endsWith('/inbox/email'), page.url());
    await inspect(tools, screenshot, `email-${language}-3-asked`);
    const sent = await code(said, address);
    assert.ok(!(await page.content()).includes(sent), 'the code stands in the letter alone');
    await typeInto(page, 'code', '1234 5678');
    assert.equal(await page.locator('#code-error').count(), 1);
    await inspect(tools, screenshot, `email-${language}-4-wrong-code`);
    await page.setViewportSize({ width: 320, height: 640 });
    await screenshot(`email-${language}-5-narrow`);
    await page.setViewportSize({ width: 1200, height: 900 });
    await typeInto(page, 'code', sent);
    assert.equal(await page.locator('#code').count(), 0);
    assert.ok((await page.locator('main dd').allTextContents()).includes(address));
    await inspect(tools, screenshot, `email-${language}-6-confirmed`);
    await Promise.all([page.waitForNavigation(), page.locator('form[action="/inbox/email/remove"] button').click()]);
    assert.ok(!(await page.content()).includes(address));
  },
});

export default [given('en', 'as-person-0'), given('zh', 'as-person-1')];
