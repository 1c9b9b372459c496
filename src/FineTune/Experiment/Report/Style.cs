namespace FineTune.Experiment.Report;

/// <summary>How pages look, on a screen and on paper.</summary>
internal static class Style
{
    /// <summary>The style sheet beside <see cref="Palette.Css"/>.</summary>
    public const string Css = """
        * { box-sizing: border-box }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1180px; margin: 0 auto;
            padding: 28px }
        h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere }
        h2 { font-size: 19px; margin: 44px 0 6px; scroll-margin-top: 12px }
        h3 { font-size: 14px; margin: 18px 0 6px } a { color: var(--link) } p { margin: 0 0 10px }
        ul { padding-left: 20px; margin: 6px 0 }
        .muted, .lead { color: var(--muted) } .lead { max-width: 86ch } .break { overflow-wrap: anywhere }
        :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px }
        nav { margin: 22px 0 0; border-block: 1px solid var(--line) }
        nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 0; padding: 9px 0 }
        nav a { text-decoration: none; font-size: 13.5px } nav a:hover { text-decoration: underline }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(150px, 100%), 1fr)); gap: 12px; margin: 18px 0 12px }
        .tiles > div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px }
        .tiles > .wide { grid-column: span 2 } .tiles dt { color: var(--muted); font-size: 12.5px }
        .tiles dd { margin: 2px 0 0; font-size: 21px; font-weight: 600; font-variant-numeric: tabular-nums }
        .tiles dd.big { font-size: 52px; line-height: 1.1; letter-spacing: -0.02em }
        .tiles small { letter-spacing: 0; line-height: 1.4; display: block; font-size: 12.5px; font-weight: 400; color: var(--muted) }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(330px, 100%), 1fr)); gap: 16px }
        .chart, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px }
        .chart { width: 100%; height: auto; display: block }
        .card { padding: 14px 18px; overflow-x: auto; max-height: 640px; width: fit-content; max-width: 100% }
        .charts > .card { width: auto } .card + .card, .charts + .card, .card + .charts, .chart + .card, .card + .chart { margin-top: 12px }
        .charts > * { margin-top: 0 !important }
        svg text { fill: var(--ink); font: 12px system-ui, sans-serif } svg .title { font-weight: 600; font-size: 13px }
        svg text.tick { fill: var(--muted) } svg .end { text-anchor: end } svg .middle { text-anchor: middle }
        svg .grid { stroke: var(--grid) }
        svg .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round } svg .dot { fill: var(--c) }
        svg text.key { font-weight: 600 }
        svg .d1 { stroke-dasharray: 7 4 } svg .d2 { stroke-dasharray: 2 3 } svg .d3 { stroke-dasharray: 9 3 2 3 }
        svg .d4 { stroke-dasharray: 14 4 } svg .d5 { stroke-dasharray: 4 2 1 2 1 2 } svg .bar { fill: var(--c); opacity: 0.55 }
        svg .count { fill: var(--muted) } svg .mean { fill: var(--ink); stroke: var(--card) }
        svg .ideal { stroke: var(--muted); stroke-dasharray: 5 4 } svg .whisker { stroke: var(--ink); stroke-width: 1.5 }
        table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums }
        th, td { padding: 5px 10px; text-align: right; font-weight: 400 } thead th { color: var(--muted); vertical-align: bottom }
        .charts th, .charts td { padding: 5px 6px }
        .list th[scope=row], .list th:first-child, .list .t { text-align: left } .list tbody tr { border-top: 1px solid var(--grid) }
        .words td, .words th { text-align: left; vertical-align: top } .words th[scope=row] { font-weight: 600; white-space: nowrap }
        code, pre { font: 12.5px/1.5 ui-monospace, monospace } code { overflow-wrap: anywhere }
        .confusion td { border: 2px solid var(--card); min-width: 30px; text-align: center; border-radius: 6px }
        .confusion .right { font-weight: 700 } .confusion th { color: var(--muted) } .confusion .head { vertical-align: bottom }
        .confusion .head span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 130px; overflow: hidden;
            text-overflow: ellipsis; white-space: nowrap }
        .list td { white-space: nowrap } .list .break, .words td { white-space: normal }
        .meter { display: inline-block; width: 72px; height: 7px; margin-right: 8px; background: var(--grid); border-radius: 4px;
            overflow: hidden; vertical-align: middle }
        .meter i { display: block; height: 100%; background: var(--s0) }
        .pictures { display: flex; flex-wrap: wrap; gap: 14px } figure { margin: 0; font-size: 12.5px; overflow-wrap: anywhere }
        .pictures figure { width: 128px } .pictures figure.two { width: 244px }
        img { border-radius: 6px; border: 1px solid var(--line); object-fit: cover; background: var(--grid) }
        .pictures img { width: 120px; height: 120px } .small img { width: 92px; height: 92px } .small figure { width: 92px }
        .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(540px, 100%), 1fr)); gap: 0 24px }
        .strip { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; margin-bottom: 14px }
        .strip img { width: 96px; height: 96px; display: block } .strip .first img { border: 2px solid var(--ink) }
        .maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(440px, 100%), 1fr)); gap: 16px }
        .scatter { position: relative; aspect-ratio: 4 / 3; background: var(--card); border: 1px solid var(--line); border-radius: 10px }
        svg.mark { width: 14px; height: 14px; fill: var(--c); overflow: visible; vertical-align: -2px }
        .point { position: absolute; width: 14px; height: 14px; margin: -7px; line-height: 0; border-radius: 50% }
        .point .mark { stroke: var(--card); stroke-width: 1 } .point:hover, .point:focus { z-index: 2 }
        .wrong .ring { fill: none; stroke: var(--ink); stroke-width: 1.8 }
        .point::before, .point::after { display: none; position: absolute; left: 12px; width: 112px; border: 1px solid var(--line) }
        .point::before { content: ""; top: 12px; height: 112px; background: var(--t) center / cover; border-radius: 8px 8px 0 0 }
        .point::after { content: attr(aria-label); top: 124px; padding: 4px 6px; background: var(--card); color: var(--ink);
            font-size: 11.5px; line-height: 1.35; overflow-wrap: anywhere; border-radius: 0 0 8px 8px }
        .point.l::before, .point.l::after { left: auto; right: 12px } .point.u::before { top: -132px } .point.u::after { top: -20px }
        .point:hover::before, .point:focus::before, .point:hover::after, .point:focus::after { display: block }
        ul.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 13px }
        pre { overflow-x: auto; margin: 0 } .hide { position: absolute; width: 0; height: 0 }
        .warn { border-left: 4px solid var(--s1); padding-left: 12px } .skip { position: absolute; left: -9999px }
        .skip:focus { position: static }
        footer { margin-top: 48px; color: var(--muted); font-size: 13px }
        @media (max-width: 560px) {
            body { padding: 16px } .tiles dd.big { font-size: 44px } .tiles { grid-template-columns: 1fr 1fr }
            .card { padding: 10px 12px } h2 { margin-top: 34px }
        }
        @media print {
            :root { color-scheme: light } body { max-width: none; padding: 0; font-size: 12px } * { print-color-adjust: exact }
            nav, .point::before, .point::after { display: none } .card { max-height: none }
            figure, .chart, .scatter, tr, .tiles { break-inside: avoid } h2, h3 { break-after: avoid }
        }
        """;
}
