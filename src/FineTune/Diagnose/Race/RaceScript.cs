namespace FineTune.Diagnose.Race;

/// <summary>What moves on the page of a race, and how it looks. Without scripts the page shows the end of the race.</summary>
internal static class RaceScript
{
    public const string Style = """
        svg { display: block; width: 100% } h2 { margin-top: 22px } .scroll { overflow-x: auto }
        .controls { display: flex; gap: 12px; align-items: center; margin: 14px 0 10px } .controls input { flex: 1; accent-color: var(--s0) } .controls output { min-width: 7em; font-variant-numeric: tabular-nums }
        button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 3px 12px; cursor: pointer } #play { min-width: 6em }
        .legend { width: 100% } .legend td { font-variant-numeric: tabular-nums } .legend th { color: var(--muted) } .legend .name { text-align: left }
        .legend button { border: 0; padding: 2px 4px; background: none } .legend i { display: inline-block; width: 20px; height: 0; border-top: 4px solid; margin-right: 9px; vertical-align: middle; border-radius: 2px }
        .legend i { border-color: var(--c) } .legend .again i { border-top-style: dotted } .legend button[aria-pressed=false] { opacity: .4; text-decoration: line-through }
        .band { stroke: var(--card); stroke-opacity: .35; stroke-width: .7 } #plane .tick, #gaps .tick { font-size: 14px }
        .mark text { font: 600 14px system-ui, sans-serif; fill: var(--ink); paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round }
        .mark circle { fill: none } .mark circle, .mark path { stroke: var(--ink); stroke-width: 2.2 } .cursor { stroke: var(--muted); stroke-dasharray: 3 4 }
        .track polyline { fill: none; stroke: var(--c); stroke-width: 2.4; stroke-linejoin: round; stroke-linecap: round } .track .halo { stroke: var(--card); stroke-width: 5; stroke-opacity: .6 }
        .track circle { fill: var(--c); stroke: var(--card); stroke-width: 2 } .again polyline:not(.halo) { stroke-dasharray: 1 5 } .hidden { display: none } .dim { opacity: .12 }
        """;

    public const string Text = """
        const find = q => [...document.querySelectorAll(q)], time = document.getElementById('time'), play = document.getElementById('play'), cursor = document.getElementById('cursor');
        const steps = +time.max, runs = find('#plane .track').map(g => ({
          lines: [...g.querySelectorAll('polyline')], head: g.querySelector('circle'),
          at: g.querySelector('polyline').getAttribute('points').split(' ').map(p => p.split(',').map(Number)) }));
        function show(t) {
          for (const { lines, head, at } of runs) {
            const last = at.length - 1, k = Math.min(Math.floor(t), last), part = k < last ? t - k : 0, b = at[Math.min(k + 1, last)];
            const tip = [0, 1].map(i => (at[k][i] + part * (b[i] - at[k][i])).toFixed(1));
            const points = at.slice(0, k + 1).concat([tip]).map(p => p.join(',')).join(' ');
            for (const line of lines) line.setAttribute('points', points);
            head.setAttribute('cx', tip[0]); head.setAttribute('cy', tip[1]);
          }
          const { left, right } = cursor.dataset, x = +left + t / steps * (right - left);
          cursor.setAttribute('x1', x); cursor.setAttribute('x2', x);
          document.getElementById('now').textContent = 'step ' + Math.floor(t);
          time.value = t;
        }
        let running = false, before = 0;
        const length = Math.min(16000, Math.max(3000, 70 * steps)); // ms
        function tick(now) {
          if (!running) return;
          const t = Math.min(steps, +time.value + (before ? (now - before) / length * steps : 0));
          before = now; show(t);
          if (t < steps) requestAnimationFrame(tick); else run(false);
        }
        function run(on) {
          running = on; before = 0; play.textContent = on ? 'Pause' : +time.value >= steps ? 'Again' : 'Play';
          if (on) { if (+time.value >= steps) show(0); requestAnimationFrame(tick); }
        }
        play.onclick = () => run(!running);
        time.oninput = () => { run(false); show(+time.value); };
        for (const row of find('.legend tr[data-k]')) {
          const k = row.dataset.k, button = row.querySelector('button');
          button.onclick = () => {
            const on = button.getAttribute('aria-pressed') !== 'true';
            button.setAttribute('aria-pressed', on);
            for (const g of find(`.track[data-k="${k}"]`)) g.classList.toggle('hidden', !on);
          };
          row.onmouseenter = () => find('.track').forEach(g => g.classList.toggle('dim', g.dataset.k !== k));
          row.onmouseleave = () => find('.track').forEach(g => g.classList.remove('dim'));
        }
        run(!matchMedia('(prefers-reduced-motion: reduce)').matches);

        """;
}
