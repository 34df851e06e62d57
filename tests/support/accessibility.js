// What everybody needs of a page: no scrolling sideways, contrast, headings in order, names for everything.
const problems = [];
document.getElementById('reveal')?.click();
for (const details of document.querySelectorAll('details')) details.open = true;
const slider = document.querySelector('input[type=range]');
if (slider) {
  slider.value = 1000;
  slider.dispatchEvent(new Event('input'));
  await new Promise((done) => setTimeout(done, 100));
}
if (document.documentElement.scrollWidth > window.innerWidth) {
  problems.push(`the page is ${document.documentElement.scrollWidth} wide, the window ${window.innerWidth}`);
}

const channels = (colour) => {
  const numbers = colour.match(/[\d.]+/g).map(Number);
  return { rgb: numbers.slice(0, 3), alpha: numbers.length > 3 ? numbers[3] : 1 };
};
const luminance = ([red, green, blue]) => {
  const linear = [red, green, blue].map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const { rgb, alpha } = channels(getComputedStyle(at).backgroundColor);
    if (alpha === 1) return rgb;
  }
  return [255, 255, 255];
};
let checked = 0;
for (const element of document.querySelectorAll('body *')) {
  const hasWords = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
  if (!hasWords || ['SCRIPT', 'STYLE', 'NOSCRIPT', 'TITLE', 'DESC', 'title', 'desc'].includes(element.tagName)) continue;
  const style = getComputedStyle(element);
  const colour = element instanceof SVGElement ? style.fill : style.color;
  const [one, other] = [luminance(channels(colour).rgb), luminance(behind(element))].sort((a, b) => b - a);
  const ratio = (one + 0.05) / (other + 0.05);
  checked += 1;
  const isDisabled = element.disabled;
  if (ratio < 4.5 && !isDisabled) problems.push(`contrast ${ratio.toFixed(2)} of ${element.tagName}.${element.getAttribute('class')}: ${element.textContent.slice(0, 20)}`);
}

let level = 0;
for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
  const next = Number(heading.tagName[1]);
  if (next > level + 1) problems.push(`h${next} after h${level}: ${heading.textContent}`);
  level = next;
}
if (document.querySelectorAll('h1').length !== 1) problems.push('not one h1');
const ids = Array.from(document.querySelectorAll('[id]'), (element) => element.id);
for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) problems.push(`two of #${id}`);
for (const reference of document.querySelectorAll('[aria-labelledby], [for]')) {
  const names = (reference.getAttribute('aria-labelledby') ?? reference.getAttribute('for')).split(' ');
  for (const name of names) if (!document.getElementById(name)) problems.push(`no #${name}`);
}
for (const link of document.querySelectorAll('a[href^="#"]')) {
  if (!document.getElementById(link.getAttribute('href').slice(1))) problems.push(`leads nowhere: ${link.textContent}`);
}
for (const table of document.querySelectorAll('table')) {
  if (!table.caption || table.caption.textContent.trim() === '') problems.push('a table without a caption');
  for (const head of table.querySelectorAll('th')) if (!head.scope) problems.push(`no scope: ${head.textContent}`);
}
for (const svg of document.querySelectorAll('svg:not([aria-hidden])')) {
  if (!svg.querySelector('title') || !svg.querySelector('desc') || svg.getAttribute('role') !== 'img') problems.push('a chart without words');
}
for (const input of document.querySelectorAll('input')) if (input.labels.length !== 1) problems.push(`no label: ${input.id}`);
for (const landmark of ['header', 'nav', 'main', 'footer']) if (document.querySelectorAll(`body > ${landmark}`).length !== 1) problems.push(`no ${landmark}`);
if (!document.documentElement.lang) problems.push('no lang');
return { problems: problems.slice(0, 20), checked, isDark: matchMedia('(prefers-color-scheme: dark)').matches };
