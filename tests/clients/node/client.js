// Asks the server whose address is the first argument, with the key that is the second, through Google's client for node, and
// writes what it made of its answers, as one object of JSON.

'use strict';

const { google } = require('googleapis');

const [address, key] = process.argv.slice(2);
const ABUSE = 'You are a stupid idiot, and nobody wants to read this.';

const request = (text, name, more = {}) => ({ comment: { text }, requestedAttributes: { [name]: {} }, ...more });

/** Calls a method with a callback, as this client is called; gives what it told. */
const call = (method, parameters) =>
  new Promise((done) => {
    method(parameters, (error, response) => {
      done(error ? { status: error.status, message: error.message, errors: error.errors } : response.data);
    });
  });

const main = async () => {
  const client = await google.discoverAPI(`${address}/$discovery/rest?version=v1alpha1`);
  const analyze = client.comments.analyze.bind(client.comments);
  const suggest = client.comments.suggestscore.bind(client.comments);
  const ask = (resource, more = {}) => call(analyze, { key, resource, ...more });
  const judged = (attributeScores) => ({
    key,
    resource: { comment: { text: ABUSE }, attributeScores, communityId: 'node', clientToken: 'from-node' },
  });
  const found = {
    analyzed: await ask(request(ABUSE, 'TOXICITY', { languages: ['en'], clientToken: '🙂' })),
    masked: await ask(request(ABUSE, 'TOXICITY'), { fields: 'languages' }),
    unknown: await ask(request(ABUSE, 'FLIRTATION')),
    empty: await ask(request('', 'TOXICITY')),
    suggested: await call(suggest, judged({ TOXICITY: { summaryScore: { value: 1 } } })),
    judgement: await call(suggest, judged({})),
  };
  process.stdout.write(JSON.stringify(found));
};

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
