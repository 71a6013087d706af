// Opens a page in a browser, and prints as JSON what an expression becomes there. Run by browser.py:
//
//     node page.cjs BROWSER PAGE_URL EXPRESSION

const { chromium } = require('playwright-core');

const QUIET = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'];
const PLAY = ['--no-sandbox', '--disable-gpu', '--disable-sync', '--autoplay-policy=no-user-gesture-required'];

async function main() {
  const [executablePath, url, expression] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath, args: [...QUIET, ...PLAY] });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    console.log(JSON.stringify(await page.evaluate(expression)));
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
