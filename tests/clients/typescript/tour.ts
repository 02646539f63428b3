// The tour in TypeScript: what a program does with the generated types, against GOCHRON_URL with GOCHRON_TOKEN.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

import createClient from 'openapi-fetch'

import type { components, paths } from './schema.js'
import { verify } from './verify.js'

type Monitor = Pick<components['schemas']['Monitor'], 'id' | 'interval_seconds' | 'updated_at'>

const env = (name: string): string => process.env[name] ?? assert.fail(`${name} is not set`)
const mark = env('TOUR_MARK')
const client = createClient<paths>({
  baseUrl: env('GOCHRON_URL'), headers: { Authorization: `Bearer ${env('GOCHRON_TOKEN')}` },
})

/** What is there, or the problem as an error. */
function good<T>(answer: { data?: T; error?: unknown }): NonNullable<T> {
  return answer.data ?? assert.fail(JSON.stringify(answer.error))
}

async function webhooks(): Promise<void> {
  const received: Array<{ headers: IncomingMessage['headers']; body: Buffer }> = []
  const receiver = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    received.push({ headers: request.headers, body: Buffer.concat(parts) })
    response.writeHead(204).end()
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const { port } = receiver.address() as AddressInfo
  const channel = good(await client.POST('/api/channels', {
    body: { type: 'webhook', name: mark, webhook: { url: `http://127.0.0.1:${port}/` } },
  }))
  assert(channel.type === 'webhook')
  const secret = channel.secret?.value
  assert(typeof secret === 'string')
  const path = { id: channel.id }
  const attempt = good(await client.POST('/api/channels/{id}/test', { params: { path } }))
  assert.equal(attempt.error, null)
  const [got] = received
  assert(got)
  const headers = Object.fromEntries(Object.entries(got.headers).map(([name, value]) => [name, String(value)]))
  assert(verify(secret, headers, got.body), "it is gochron's")
  assert(!verify(secret, headers, Buffer.concat([got.body, Buffer.from(' ')])), 'what was changed is not')
  const gone = await client.DELETE('/api/channels/{id}', { params: { path } })
  assert.equal(gone.response.status, 204)
  receiver.closeAllConnections()
  receiver.close()
}

async function created(): Promise<Monitor[]> {
  const made: Monitor[] = []
  for (let number = 0; number < 5; ++number) {
    const once = async () => good(await client.POST('/api/monitors', {
      params: { header: { 'Idempotency-Key': `${mark}-${number}` } },
      body: {
        type: 'http', name: `${mark} ${number}`, paused: true, tags: ['tour'], description: 'made by a tour',
        http: { url: 'https://shop.example/health' },
      },
    }))
    const [first, again] = [await once(), await once()]
    assert.equal(first.id, again.id, 'a request that is repeated has no second effect')
    made.push(first)
  }
  return made
}

async function listed(made: Monitor[]): Promise<void> {
  const seen: string[] = []
  let cursor: string | null | undefined
  do {
    const page = good(await client.GET('/api/monitors', {
      params: { query: { q: mark, limit: 2, ...(cursor ? { cursor } : {}) } },
    }))
    assert(page.data.length <= 2)
    seen.push(...page.data.map((x) => x.id))
    cursor = page.next_cursor
  } while (cursor)
  const wanted = made.map((x) => x.id)
  assert.deepEqual(seen, wanted)
  const [, second, , fourth] = wanted
  assert(second && fourth)
  const some = good(await client.GET('/api/monitors', {
    params: { query: { ids: [second, fourth], type: ['http', 'tcp'], updated_since: made[0]?.updated_at ?? '' } },
  }))
  assert.deepEqual(some.data.map((x) => x.id).sort(), [second, fourth].sort())
}

async function patched(monitor: Monitor): Promise<void> {
  const path = { id: monitor.id }
  const now = await client.GET('/api/monitors/{id}', { params: { path } })
  const header = { 'If-Match': now.response.headers.get('etag') ?? '' }
  const body = { name: `${mark} patched`, description: null, expires_at: new Date(Date.now() + 3600_000).toISOString() }
  const patch = () => client.PATCH('/api/monitors/{id}', {
    params: { path, header }, body, headers: { 'Content-Type': 'application/merge-patch+json' },
  })
  const after = good(await patch())
  assert.deepEqual([after.name, after.description, after.expires_at], [body.name, null, body.expires_at])
  assert.equal(after.interval_seconds, monitor.interval_seconds, 'what was not named stays')
  const stale = await patch()
  assert.equal(stale.error?.status, 412)
}

async function refused(): Promise<void> {
  const answer = await client.POST('/api/monitors', {
    body: { type: 'http', name: mark, interval_seconds: 0, timeout_ms: 1, http: { url: 'https://shop.example/' } },
  })
  assert.equal(answer.response.status, 422)
  assert.deepEqual(answer.error?.errors.map((x) => x.pointer).sort(), ['/interval_seconds', '/timeout_ms'])
}

async function deleted(made: Monitor[]): Promise<void> {
  for (const { id } of made) {
    const gone = await client.DELETE('/api/monitors/{id}', { params: { path: { id } } })
    assert.equal(gone.response.status, 204)
  }
  const gone = await client.GET('/api/monitors/{id}', { params: { path: { id: made[0]?.id ?? '' } } })
  assert.equal(gone.error?.code, 'not_found')
}

await webhooks()
const monitors = await created()
await listed(monitors)
await patched(monitors[0] ?? assert.fail('nothing was made'))
await refused()
await deleted(monitors)
console.log('the tour is done')
