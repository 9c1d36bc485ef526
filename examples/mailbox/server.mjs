// A mail server to try Interchange with: it takes every message over SMTP, and prints it. `PORT` picks another port than 2525.
import { buffer } from 'node:stream/consumers'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'

const server = new SMTPServer({
  authOptional: true, hideSTARTTLS: true, allowInsecureAuth: true, disableReverseLookup: true,
  onData(stream, { envelope: { rcptTo } }, answer) {
    const take = async () => {
      const { subject, html, text } = await PostalMime.parse(await buffer(stream))
      console.log(`mail to ${rcptTo.map(({ address }) => address).join(', ')}: ${subject}\n  ${(html ?? text ?? '').trim()}`)
    }
    take().then(() => answer(), answer)
  },
})

server.listen(Number(process.env.PORT ?? 2525), '127.0.0.1', () => {
  console.log(`Mailbox: smtp://127.0.0.1:${server.server.address().port}`)
})
