// The page by Node: fastify with a schema for the query, pg with a pool and named (prepared) statements.
// PEER_SQL holds the catalog's own statements as JSON, {order: {first, after}}, for 21 rows; the place is $1, $2, …
import Fastify from 'fastify'
import pg from 'pg'

const statements = JSON.parse(process.env.PEER_SQL)
// As text: a time keeps its microseconds for the cursor, and a bigint here is small enough to be a number.
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => text.replace(' ', 'T') + ':00')
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
const pool = new pg.Pool({ connectionString: process.env.PEER_DATABASE, max: 8, options: '-c TimeZone=UTC' })
const keys = { newest: ['created_at', 'product_id'], price: ['currency', 'price_amount', 'product_id'] }
keys['-price'] = keys.price

const querystring = {
  type: 'object',
  additionalProperties: false,
  properties: {
    sort: { type: 'string', enum: Object.keys(keys), default: 'newest' },
    limit: { type: 'integer', const: 20, default: 20 },
    cursor: { type: 'string', maxLength: 1024 }
  }
}

const app = Fastify()

app.get('/products', { schema: { querystring } }, async (request, reply) => {
  const { sort, limit, cursor } = request.query
  const place = cursor ? JSON.parse(Buffer.from(cursor, 'base64url')) : []
  const which = cursor ? 'after' : 'first'
  const { rows } = await pool.query({
    name: `${sort} ${which}`, text: statements[sort][which], values: place
  })
  const shown = rows.slice(0, limit)
  const next = rows.length > limit ? JSON.stringify(cursorOf(shown.at(-1), sort)) : 'null'
  reply.type('application/json; charset=utf-8')
  return `{"items":[${shown.map(card).join(',')}],"next_cursor":${next}}`
})

function card(row) {
  const vendor = row.seller ? { id: row.seller, name: row.name, slug: row.slug } : null
  return row.card.slice(0, -1) + ',' + JSON.stringify({ vendor, stock: row.available, status: row.status }).slice(1)
}

function cursorOf(row, sort) {
  return Buffer.from(JSON.stringify(keys[sort].map((key) => row[key]))).toString('base64url')
}

await app.listen({ host: '127.0.0.1', port: Number(process.env.PEER_PORT) })
