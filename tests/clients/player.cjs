// Plays a playlist with hls.js in a browser, as a web app would. Run by test_player.py:
//
//     node player.cjs BROWSER PAGE_URL
//
// The page holds `playlist.m3u8`'s player; what it saw is printed as JSON.

const { chromium } = require('playwright-core');

const QUIET = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'];
const PLAY = ['--no-sandbox', '--disable-gpu', '--disable-sync', '--autoplay-policy=no-user-gesture-required'];

async function main() {
  const [executablePath, url] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath, args: [...QUIET, ...PLAY] });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    console.log(JSON.stringify(await page.evaluate(() => play())));
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
