// Light or dark: what was chosen here, or else what the system says. Before the first paint, so nothing flashes.
const root = document.documentElement
const apply = (dark) => root.classList.toggle('dark', dark)
const system = matchMedia('(prefers-color-scheme: dark)')
const chosen = () => { try { return localStorage.getItem('gochron-theme') } catch { return null } }
apply(chosen() ? chosen() === 'dark' : system.matches)
addEventListener('DOMContentLoaded', () => {
  document.querySelector('.theme').addEventListener('click', () => {
    const dark = !root.classList.contains('dark')
    apply(dark)
    try { localStorage.setItem('gochron-theme', dark ? 'dark' : 'light') } catch { /* lasts as long as the page */ }
    document.dispatchEvent(new Event('gochron:theme'))
  })
})
