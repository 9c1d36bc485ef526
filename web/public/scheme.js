// Before anything is painted: who chose the dark scheme is shown no white page first.
(function () {
  var chosen = null
  try { chosen = localStorage.getItem('mantine-color-scheme-value') } catch { /* Storage may be refused. */ }
  var dark = chosen === 'dark' || chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
  document.documentElement.style.background = dark ? '#131419' : '#f7f7f9'
})()
