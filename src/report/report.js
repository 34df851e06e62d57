// Sliders, sorting of tables, and the switch that shows covered texts. The page can be read without all of it.
(() => {
  'use strict';
  const byId = (id) => document.getElementById(id);
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ',');
  const made = (name, words, kind) => {
    const element = document.createElement(name);
    if (words !== undefined) element.textContent = words;
    if (kind) element.className = kind;
    return element;
  };

  // Covered texts.
  const reveal = byId('reveal');
  if (reveal) {
    reveal.parentElement.hidden = false;
    reveal.addEventListener('click', () => {
      const shows = reveal.getAttribute('aria-pressed') !== 'true';
      reveal.setAttribute('aria-pressed', String(shows));
      reveal.textContent = shows ? 'Cover texts again' : 'Show all covered texts';
      for (const covered of document.querySelectorAll('details.cover, details.word')) covered.open = shows;
    });
  }

  // Tables that can be sorted by a column of numbers.
  for (const table of document.querySelectorAll('table.sortable')) {
    const heads = Array.from(table.tHead.rows[0].cells);
    const number = (row, place) => {
      const found = row.cells[place].textContent.replace(/[,\s]/g, '').match(/\d+(\.\d+)?/);
      return found ? Number(found[0]) : -1;
    };
    heads.forEach((head, place) => {
      if (!head.classList.contains('number')) return;
      const button = made('button', head.textContent);
      button.type = 'button';
      head.replaceChildren(button);
      button.addEventListener('click', () => {
        const falls = head.getAttribute('aria-sort') !== 'descending';
        for (const other of heads) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', falls ? 'descending' : 'ascending');
        const rows = Array.from(table.tBodies[0].rows);
        const sign = falls ? -1 : 1;
        rows.sort((left, right) => sign * (number(left, place) - number(right, place)));
        table.tBodies[0].append(...rows);
      });
    });
  }

  // Thresholds.
  const source = byId('what-if-data');
  if (!source) return;
  const LISTED = 25;
  const ABSENT = 65535;
  let known = null;
  const bytes = (text) => {
    const packed = atob(text);
    const unpacked = new Uint8Array(packed.length);
    for (let at = 0; at < packed.length; at += 1) unpacked[at] = packed.charCodeAt(at);
    return unpacked;
  };
  const isSet = (bits, at) => (bits[at >> 3] >> (at & 7)) & 1;

  // Read when there is nothing else to do, so that the page opens at once, or else when a slider is first moved.
  const read = () => {
    if (known) return known;
    known = JSON.parse(source.textContent);
    known.anyway = bytes(known.held_anyway);
    for (const scores of known.scores) {
      const pairs = bytes(scores.data);
      scores.values = new Uint16Array(known.comments);
      for (let at = 0; at < known.comments; at += 1) scores.values[at] = pairs[2 * at] | (pairs[2 * at + 1] << 8);
    }
    for (const slider of known.sliders) {
      slider.values = known.scores[slider.scores].values;
      slider.bits = slider.matched === null ? null : bytes(slider.matched);
    }
    known.now = held(known.sliders.map((slider) => slider.least)).flags;
    return known;
  };

  const isWithin = (slider, score, least) => slider.below ? score < least : score >= least;

  // Which comments are held with these thresholds, and how many each slider matches.
  const held = (leasts) => {
    const flags = new Uint8Array(known.comments);
    for (let at = 0; at < known.comments; at += 1) flags[at] = isSet(known.anyway, at);
    const matches = known.sliders.map((slider, place) => {
      const { values, bits } = slider;
      const least = leasts[place];
      let count = 0;
      for (let at = 0; at < known.comments; at += 1) {
        const score = values[at];
        if (score === ABSENT || !isWithin(slider, score, least)) continue;
        // A rule that asks for more: what it did not match before it does not match now.
        if (bits && isWithin(slider, score, slider.least) && !isSet(bits, at)) continue;
        flags[at] = 1;
        count += 1;
      }
      return count;
    });
    return { flags, matches };
  };

  const inputs = Array.from(document.querySelectorAll('#sliders input[type=range]'))
    .sort((left, right) => Number(left.id.slice(1)) - Number(right.id.slice(1)));
  const shown = (slider, least) => {
    const never = slider.below ? least === 0 : least > 10000;
    return never ? 'never' : String(least / 10000);
  };
  // Where a slider was not moved it stands at the threshold itself, which may lie between two of its steps.
  const least = (input, place) =>
    input.value === input.defaultValue ? known.sliders[place].least : Number(input.value);

  const card = (example) => {
    const item = made('li');
    const meta = made('p', undefined, 'meta');
    meta.append(made('span', example.thread, 'where'), ' ', made('span', example.id, 'id'));
    for (const place of example.said) {
      const scores = known.scores[place];
      meta.append(' ', made('span', `${scores.label.replace(/_/g, ' ')} ${(Math.floor(scores.values[example.row] / 100) / 100).toFixed(2)}`, 'what'));
    }
    item.append(meta);
    if (!example.text) {
      item.append(made('p', 'Without its text.', 'soft'));
      return item;
    }
    const quote = made('blockquote');
    quote.dir = 'auto';
    for (const [words, covered] of example.text) {
      if (!covered) {
        quote.append(words);
        continue;
      }
      const word = made('details', undefined, 'word');
      const summary = made('summary');
      summary.setAttribute('aria-label', 'covered word');
      word.append(summary, made('span', words));
      quote.append(word);
    }
    if (example.cut) quote.append(made('span', ' … (cut here)', 'soft'));
    if (example.covered) {
      const cover = made('details', undefined, 'cover');
      cover.append(made('summary', 'Covered text'), quote);
      item.append(cover);
    } else {
      item.append(quote);
    }
    return item;
  };

  const list = (name, examples, count) => {
    const target = byId(name);
    const said = byId(`${name}-n`);
    target.replaceChildren(...examples.slice(0, LISTED).map(card));
    if (count === 0) said.textContent = 'None.';
    else if (examples.length === 0) said.textContent = `${grouped(count)}, of which no text is at hand.`;
    else if (count <= LISTED && examples.length === count) said.textContent = `All ${grouped(count)}.`;
    else said.textContent = `${grouped(Math.min(LISTED, examples.length))} of ${grouped(count)}, highest score first.`;
  };

  let moved = 0;
  let isWaiting = false;
  const update = () => {
    isWaiting = false;
    const data = read();
    const leasts = inputs.map(least);
    const { flags, matches } = held(leasts);
    let [all, more, fewer] = [0, 0, 0];
    for (let at = 0; at < data.comments; at += 1) {
      all += flags[at];
      if (flags[at] > data.now[at]) more += 1;
      else if (flags[at] < data.now[at]) fewer += 1;
    }
    inputs.forEach((input, place) => {
      const said = shown(data.sliders[place], leasts[place]);
      input.setAttribute('aria-valuetext', said);
      byId(`o${place}`).textContent = said;
      byId(`n${place}`).textContent = `matches ${grouped(matches[place])}`;
    });
    const before = all - more + fewer;
    const isMoved = inputs.some((input) => input.value !== input.defaultValue);
    byId('result').textContent = isMoved
      ? `Held now: ${grouped(before)} of ${grouped(data.comments)}. With these thresholds: ${grouped(all)}, ${grouped(more)} more and ${grouped(fewer)} fewer.`
      : `Held now: ${grouped(before)} of ${grouped(data.comments)}.`;
    byId('reset').disabled = !isMoved;
    byId('changes').hidden = !isMoved;
    const changed = (flag) => {
      const values = data.sliders[moved].values;
      const places = new Set(inputs.map((input, place) => [input, data.sliders[place].scores]).filter(([input]) => input.value !== input.defaultValue).map(([, place]) => place));
      const score = (example) => values[example.row] === ABSENT ? -1 : values[example.row];
      const found = data.examples.filter(({ row }) => flags[row] === flag && data.now[row] !== flag);
      for (const example of found) example.said = Array.from(places).filter((place) => data.scores[place].values[example.row] !== ABSENT);
      return found.sort((left, right) => score(right) - score(left));
    };
    list('more', isMoved ? changed(1) : [], more);
    list('fewer', isMoved ? changed(0) : [], fewer);
  };
  const soon = () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(update);
  };
  inputs.forEach((input, place) => {
    input.disabled = false;
    input.addEventListener('input', () => {
      moved = place;
      soon();
    });
  });
  (window.requestIdleCallback ?? setTimeout)(read);
  byId('sliders').addEventListener('reset', () => setTimeout(soon));
  byId('sliders').addEventListener('submit', (event) => event.preventDefault());
})();
