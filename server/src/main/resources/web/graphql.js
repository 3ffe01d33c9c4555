// The demo's query page: runs operations over HTTP, subscriptions over graphql-transport-ws, and shows the schema.

const EXAMPLES = {
  'Read a channel': [
    'query Read($name: String!) {\n  channel(name: $name) {\n    newest\n    messages\n    history(first: 10) {\n      edges { cursor node { event from data } }\n      pageInfo { hasNextPage endCursor }\n    }\n    presence { count users { id } }\n  }\n}',
    { name: 'news' },
  ],
  Publish: [
    'mutation Publish($data: JSON!) {\n  publish(channel: "news", data: $data) { position }\n}',
    { data: { text: 'hello' } },
  ],
  Subscribe: [
    'subscription Follow($channels: [String!]!, $after: String) {\n  messages(channels: $channels, after: $after) {\n    position\n    event\n    data\n  }\n}',
    { channels: ['news'], after: 'latest' },
  ],
};
const SCHEMA =
  '{ __schema { types { kind name description fields { name args { name type { ...T } } type { ...T } } inputFields { name type { ...T } } } } } fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }';
const KEPT = 200;

const at = (id) => document.getElementById(id);
let socket = null;

function show(value) {
  const results = at('results');
  results.textContent = [...results.textContent.split('\n\n').slice(-KEPT), JSON.stringify(value, null, 2)]
    .filter(Boolean)
    .join('\n\n');
  results.scrollTop = results.scrollHeight;
}

function say(text) {
  at('status').value = text;
}

async function ask(request) {
  const response = await fetch('graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json;q=0.9' },
    body: JSON.stringify(request),
  });
  return response.json();
}

function stop() {
  socket?.close(1000);
  socket = null;
  at('stop').disabled = true;
  say('');
}

function follow(request) {
  const url = new URL('graphql', location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const opened = new WebSocket(url, 'graphql-transport-ws');
  socket = opened;
  at('stop').disabled = false;
  opened.onopen = () => opened.send(JSON.stringify({ type: 'connection_init' }));
  opened.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === 'connection_ack') {
      opened.send(JSON.stringify({ id: '1', type: 'subscribe', payload: request }));
      say('following');
    } else if (message.type === 'next' || message.type === 'error') {
      show(message.payload);
    }
    if (message.type === 'error' || message.type === 'complete') stop();
  };
  opened.onclose = ({ code, reason }) => {
    if (socket === opened) {
      stop();
      say(`closed: ${code} ${reason}`);
    }
  };
}

async function run() {
  stop();
  at('results').textContent = '';
  let variables;
  try {
    variables = JSON.parse(at('variables').value || '{}');
  } catch (mistake) {
    say(`the variables are not JSON: ${mistake.message}`);
    return;
  }
  const request = { query: at('query').value, variables };
  if (/^\s*subscription\b/m.test(request.query)) {
    follow(request);
    return;
  }
  try {
    show(await ask(request));
  } catch (failure) {
    say(String(failure));
  }
}

function typeName(type) {
  if (type.kind === 'NON_NULL') return `${typeName(type.ofType)}!`;
  return type.kind === 'LIST' ? `[${typeName(type.ofType)}]` : type.name;
}

function printed(type) {
  const member = ({ name, args, type: of }) => {
    const list = args?.length ? `(${args.map((a) => `${a.name}: ${typeName(a.type)}`).join(', ')})` : '';
    return `  ${name}${list}: ${typeName(of)}`;
  };
  const members = type.fields ?? type.inputFields ?? [];
  const word = { OBJECT: 'type', INPUT_OBJECT: 'input', SCALAR: 'scalar', ENUM: 'enum' }[type.kind] ?? type.kind;
  return members.length ? `${word} ${type.name} {\n${members.map(member).join('\n')}\n}` : `${word} ${type.name}`;
}

async function tellSchema() {
  const { data, errors } = await ask({ query: SCHEMA });
  at('schema').textContent = data?.__schema
    ? data.__schema.types
        .filter(({ name }) => !name.startsWith('__'))
        .map(printed)
        .join('\n\n')
    : errors.map(({ message }) => message).join('\n');
}

for (const name of Object.keys(EXAMPLES)) at('example').add(new Option(name));
at('example').onchange = ({ target }) => {
  const [query, variables] = EXAMPLES[target.value];
  at('query').value = query;
  at('variables').value = JSON.stringify(variables, null, 2);
};
at('example').onchange({ target: at('example') });
at('run').onclick = run;
at('stop').onclick = stop;
document.onkeydown = (key) => {
  if (key.key === 'Enter' && (key.ctrlKey || key.metaKey)) run();
};
tellSchema().catch((failure) => say(String(failure)));
