// docs/guides as pages: Markdown in, HTML out, code coloured on the way, so that a page needs no script.
import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import hljs from 'highlight.js/lib/core'
import bash from 'highlight.js/lib/languages/bash'
import go from 'highlight.js/lib/languages/go'
import http from 'highlight.js/lib/languages/http'
import json from 'highlight.js/lib/languages/json'
import python from 'highlight.js/lib/languages/python'
import typescript from 'highlight.js/lib/languages/typescript'
import yaml from 'highlight.js/lib/languages/yaml'
import MarkdownIt from 'markdown-it'

for (const [name, language] of Object.entries({ bash, go, http, json, python, typescript, yaml }))
  hljs.registerLanguage(name, language)

// In the order of the side bar.
const order = [
  'getting-started', 'authentication', 'pagination', 'errors', 'idempotency', 'rate-limits', 'audit-log', 'events',
  'alert-rules', 'channels', 'acknowledge', 'webhooks', 'incidents', 'escalation', 'on-call', 'people', 'dependencies', 'maintenance',
  'terraform',
]
const languages = { '.py': ['Python', 'python'], '.ts': ['TypeScript', 'typescript'], '.go': ['Go', 'go'] }

const colour = (code, language) =>
  hljs.getLanguage(language) ? hljs.highlight(code, { language }).value : markdown.utils.escapeHtml(code)
const block = (code, language) =>
  `<pre tabindex="0"><code class="language-${language}">${colour(code, language)}</code></pre>\n`

const markdown = new MarkdownIt({ html: false, typographer: false })
markdown.renderer.rules.fence = (tokens, i) => block(tokens[i].content, tokens[i].info.trim() || 'text')
markdown.renderer.rules.table_open = () => '<div class="table" tabindex="0"><table>\n'
markdown.renderer.rules.table_close = () => '</table></div>\n'

export const slug = (text) => text.toLowerCase().replace(/[`*]/g, '').replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')

// Each heading can be linked to.
markdown.core.ruler.push('anchors', (state) => {
  state.tokens.forEach((token, i) => {
    if (token.type === 'heading_open' && token.tag !== 'h1') token.attrSet('id', slug(state.tokens[i + 1].content))
  })
})

// `<<< snippets/verify.py` on lines of their own: the files, as tabs that need no script.
function tabs(folder, names) {
  const group = slug(names[0])
  const parts = names.map((name, i) => {
    const [title, language] = languages[extname(name)]
    return `<input type="radio" name="${group}" id="${group}-${i}"${i ? '' : ' checked'}>` +
      `<label for="${group}-${i}">${title}</label>` +
      `<div class="tab">${block(readFileSync(join(folder, name), 'utf8'), language)}</div>`
  })
  return `<div class="tabs">${parts.join('')}</div>\n`
}

function render(folder, source) {
  const pieces = source.split(/((?:^<<< .+\n)+)/m)
  return pieces.map((piece) =>
    piece.startsWith('<<< ')
      ? tabs(folder, piece.trim().split('\n').map((line) => line.slice(4).trim()))
      : markdown.render(piece)).join('')
}

const title = (source) => /^# (.+)$/m.exec(source)[1]
const read = (folder, name) => readFileSync(join(folder, `${name}.md`), 'utf8')

function sidebar(folder, current) {
  const item = (name) =>
    `<li><a href="/docs/${name}"${name === current ? ' aria-current="page"' : ''}>` +
    `${markdown.utils.escapeHtml(title(read(folder, name)))}</a></li>`
  return `<ul>${order.map(item).join('')}</ul>`
}

function contents(source) {
  const heads = [...source.replace(/^```[^]*?^```/gm, '').matchAll(/^## (.+)$/gm)].map((x) => x[1])
  if (heads.length < 2) return ''
  return `<p>On this page</p><ul>${heads.map((x) => `<li><a href="#${slug(x)}">${markdown.renderInline(x)}</a></li>`).join('')}</ul>`
}

function around(name) {
  const at = order.indexOf(name)
  return [order[at - 1], order[at + 1]]
}

function page(folder, path, current, source) {
  const [before, after] = around(current)
  const link = (name, kind) =>
    name && path === `/docs/${current}` ? `<a class="${kind}" href="/docs/${name}">${title(read(folder, name))}</a>` : ''
  return {
    path, title: title(source).replaceAll('`', ''), sidebar: sidebar(folder, current), contents: contents(source),
    content: render(folder, source), before: link(before, 'before'), after: link(after, 'after'),
  }
}

/** The guides, and /docs itself: the first of them. */
export function guides(folder) {
  const all = order.map((name) => page(folder, `/docs/${name}`, name, read(folder, name)))
  return [...all, { ...all[0], path: '/docs' }]
}

/** A page for each problem type: a section of problems.md, whose heading is its code. */
export function problems(folder) {
  const [, ...sections] = read(folder, 'problems').split(/^## /m)
  return sections.map((section) => {
    const [code, ...rest] = section.split('\n')
    const name = code.replaceAll('`', '').trim()
    return page(folder, `/docs/problems/${name.replaceAll('_', '-')}`, 'errors', `# \`${name}\`\n${rest.join('\n')}`)
  })
}
