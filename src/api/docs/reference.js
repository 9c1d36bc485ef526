// What the reference is nicer with: a filter, copying, and a choice of colours. It reads well without.
const filter = document.querySelector('#filter')
filter.closest('label').hidden = false
filter.addEventListener('input', () => {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean)
  for (const element of document.querySelectorAll('[data-text]')) element.hidden = !words.every((word) => element.dataset.text.includes(word))
})

const theme = document.querySelector('#theme')
const chosen = localStorage.getItem('docs-theme')
if (chosen) document.documentElement.dataset.theme = chosen
theme.hidden = false
theme.addEventListener('click', () => {
  const isDark = getComputedStyle(document.documentElement).colorScheme === 'dark'
    || !document.documentElement.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches
  const next = isDark ? 'light' : 'dark'
  document.documentElement.dataset.theme = next
  localStorage.setItem('docs-theme', next)
})

for (const example of document.querySelectorAll('.example')) {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = 'Copy'
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(example.querySelector('code').textContent)
    button.textContent = 'Copied'
  })
  example.append(button)
}
