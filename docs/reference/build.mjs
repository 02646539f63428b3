// Makes the files of /docs: guides from Markdown, the page of the reference, and their assets, each also compressed,
// and a C++ source with all of them inside.
//
//   node build.mjs --guides DIR --renderer standalone.js --out DIR
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { guides, problems } from './guides.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const { values: given } = parseArgs({
  options: { guides: { type: 'string' }, renderer: { type: 'string' }, out: { type: 'string' } },
})
const own = (name) => readFileSync(join(here, name), 'utf8')

// Everything a page may do: nothing from elsewhere, no inline script. The renderer writes styles as it goes.
const policy = (styles) =>
  `default-src 'none'; script-src 'self'; style-src ${styles}; img-src 'self' data: blob:; font-src 'self' data:; ` +
  `connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

const files = []
const add = (path, type, content, options = {}) =>
  files.push({ path, type, content: Buffer.from(content), policy: '', forever: false, ...options })

// An asset's name changes with its content, so that it may be kept for ever.
function asset(name, type, content) {
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 16)
  const path = `/docs/assets/${name.replace('.', `-${digest}.`)}`
  add(path, type, content, { forever: true })
  return path
}

const assets = {
  css: asset('site.css', 'text/css; charset=utf-8', own('site.css')),
  theme: asset('theme.js', 'text/javascript; charset=utf-8', own('theme.js')),
  icon: asset('icon.svg', 'image/svg+xml', own('icon.svg')),
}
const renderer = asset('renderer.js', 'text/javascript; charset=utf-8', readFileSync(given.renderer))
const start = asset('reference.js', 'text/javascript; charset=utf-8', own('reference.js'))

const fill = (template, values) => template.replace(/{{(\w+)}}/g, (_, name) => values[name] ?? '')
const bar = (here) => fill(own('bar.html'), { [here]: ' aria-current="page"' })
const html = 'text/html; charset=utf-8'

add('/docs/api', html, fill(own('reference.html'), { ...assets, renderer, start, bar: bar('reference') }),
  { policy: policy("'self' 'unsafe-inline'") })
for (const page of [...guides(given.guides), ...problems(given.guides)])
  add(page.path, html, fill(own('guide.html'), { ...assets, ...page, bar: bar('guides') }), { policy: policy("'self'") })

const twice = files.find((file, i) => files.findIndex((other) => other.path === file.path) !== i)
if (twice) throw new Error(`${twice.path} is made twice`)

rmSync(given.out, { recursive: true, force: true })
mkdirSync(given.out, { recursive: true })
const rows = files.map((file, i) => {
  const name = join(given.out, `${i}.gz`)
  const packed = gzipSync(file.content, { level: 9 })
  writeFileSync(name, packed)
  const etag = createHash('sha256').update(file.content).digest('hex').slice(0, 32)
  return { ...file, name, etag, plain: file.content.length }
})

const text = (x) => `R"~(${x})~"`
writeFileSync(join(given.out, 'site_files.cpp'), `// Made by docs/reference/build.mjs.
#include "http/site_files.hpp"

#include <array>

${rows.map((x, i) => `asm(".section .rodata\\n.global gochron_site_${i}\\ngochron_site_${i}:\\n.incbin \\"${x.name}\\"\\n"
    ".global gochron_site_${i}_end\\ngochron_site_${i}_end:\\n.byte 0\\n.previous\\n");
extern "C" const char gochron_site_${i}[], gochron_site_${i}_end[];`).join('\n')}

namespace gochron::http {

std::span<const site_file> site_files() {
  static const std::array<site_file, ${rows.length}> all{{
${rows.map((x, i) => `      {${text(x.path)}, ${text(x.type)}, ${text(x.policy)}, ${text(x.etag)}, ${x.forever}, ${x.plain},
       {gochron_site_${i}, static_cast<std::size_t>(gochron_site_${i}_end - gochron_site_${i})}},`).join('\n')}
  }};
  return all;
}

} // namespace gochron::http
`)
