"""How the report looks: one column of text, pictures beside each other where there is room, light or dark."""

CSS = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2733; --soft: #5b6774; --line: #d5dbe1; --tint: #f2f5f8;
  --mark: #fdf3e3; --link: #2565a8; --shade: #9aa6b2; }
@media (prefers-color-scheme: dark) { :root { --paper: #14191f; --ink: #e3e8ee; --soft: #a0abb7; --line: #39434e;
  --tint: #1d242c; --mark: #35291a; --link: #86b7ea; --shade: #56636f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem clamp(.7rem, 3vw, 2.5rem) 4rem; max-width: 78rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .6rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .4rem; padding-top: .5rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
p, li { max-width: 46rem; overflow-wrap: anywhere; }
a { color: var(--link); }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1rem; padding: 0; margin: .8rem 0; list-style: none; }
.note { background: var(--mark); padding: .4rem .7rem; border-radius: .3rem; }
.scroll { overflow-x: auto; margin: .6rem 0; background:
  linear-gradient(to right, var(--paper) 40%, transparent) left / 2.5rem 100% no-repeat local,
  linear-gradient(to left, var(--paper) 40%, transparent) right / 2.5rem 100% no-repeat local,
  linear-gradient(to right, var(--shade), transparent) left / 1rem 100% no-repeat scroll,
  linear-gradient(to left, var(--shade), transparent) right / 1rem 100% no-repeat scroll; }
.caption { color: var(--soft); font-size: .86rem; margin: .8rem 0 -.4rem; }
table { border-collapse: collapse; font-size: .86rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .22rem .7rem .22rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
th.r, td.r { text-align: right; white-space: nowrap; }
td:not(.r) { min-width: 5.5rem; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem; }
figure { margin: .4rem 0; background: var(--tint); border-radius: .4rem; padding: .3rem; }
figure svg { display: block; width: 100%; height: auto; max-width: 40rem; margin: 0 auto; color: var(--ink); }
pre { overflow-x: auto; background: var(--tint); padding: .7rem; border-radius: .4rem; font-size: .8rem; }
@media print { nav { display: none; } section { break-inside: avoid-page; } }
"""
