// Runs a published client of Frankfurter against the base address given, and prints what it understood.
import { FrankfurterClient, FrankfurterError } from 'frankfurter-js';

const client = new FrankfurterClient({ baseUrl: process.argv[2], timeout: 10_000 });

const problem = await client.latest({ base: 'XXX' }).then(
  () => null,
  (error) => ({ isItsOwn: error instanceof FrankfurterError, status: error.status, message: JSON.parse(error.body).message }),
);

console.log(JSON.stringify({
  latest: await client.latest({ quotes: ['GBP', 'USD'] }),
  base: await client.latest({ base: 'USD', quotes: 'GBP' }),
  historical: await client.historical('2026-11-15', { quotes: ['USD'] }),
  range: await client.range('2026-11-13', '2026-11-19', { quotes: ['USD'] }),
  monthly: await client.range('2026-11-13', undefined, { quotes: ['USD'], group: 'month' }),
  currencies: (await client.currencies()).map((currency) => currency.iso_code),
  providers: (await client.providers()).map((provider) => provider.key),
  problem,
}));
