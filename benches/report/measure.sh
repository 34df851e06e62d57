#!/usr/bin/env bash
# How long a report takes to open, and a slider to answer, in headless Chromium: measure.sh REPORT.html
set -euo pipefail
page=$(mktemp --suffix=.html)
trap 'rm -f "$page"' EXIT
# The page lets no script run but its own.
sed -e 's/<meta http-equiv="Content-Security-Policy"[^>]*>//' "$1" >"$page"
cat >>"$page" <<'JS'
<script>
const parsed = performance.now();
document.body.offsetHeight;
const laidOut = performance.now();
// The slider answers in the next frame, which a page that is not shown does not have.
window.requestAnimationFrame = (answer) => answer();
const slider = document.querySelector('#sliders input[type=range]');
const times = [3000, 2500, 2000, 100, 9000].map((value) => {
  const begun = performance.now();
  slider.value = value;
  slider.dispatchEvent(new Event('input'));
  document.body.offsetHeight;
  return (performance.now() - begun).toFixed(0);
});
document.body.insertAdjacentHTML(
  'beforeend',
  `<pre id="measured">parsed ${parsed.toFixed(0)} ms, laid out ${laidOut.toFixed(0)} ms, slider ${times.join(' ')} ms</pre>`);
</script>
JS
chromium --headless --no-sandbox --disable-gpu --dump-dom "file://$page" 2>/dev/null | grep -o '<pre id="measured">[^<]*' | tail -n 1 | cut -d'>' -f2
