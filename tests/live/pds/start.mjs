// A Bluesky server (PDS) and its directory of names, until the standard input ends.
import { TestNetworkNoAppView } from '@atproto/dev-env'

const network = await TestNetworkNoAppView.create({})
console.log(network.pds.url)
process.stdin.on('end', async () => {
  await network.close()
  process.exit(0)
})
process.stdin.resume()
