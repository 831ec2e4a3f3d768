// A day with masto, the client library of web apps. Run by test_masto.py, with which it speaks in lines:
// "LET IN <address>" is answered with a code, "ANSWER <uri>" with anything once the answer has been written.
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";

const url = process.env.HERE;
const there = process.env.THERE;
const redirectUri = "urn:ietf:wg:oauth:2.0:oob";
const scope = "read write follow push";
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function ask(question) {
  console.log(question);
  return (await lines.next()).value;
}

async function until(find) {
  for (let tries = 0; tries < 300; tries += 1) {
    const found = await find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it did not come: ${find}`);
}

const visitor = createRestAPIClient({ url });
const app = await visitor.v1.apps.create({ clientName: "Day", redirectUris: redirectUri, scopes: scope });
const query = new URLSearchParams({ client_id: app.clientId, redirect_uri: redirectUri, response_type: "code", scope });
const code = await ask(`LET IN ${url}/oauth/authorize?${query}`);
const oauth = createOAuthAPIClient({ url });
const token = await oauth.token.create({
  grantType: "authorization_code", clientId: app.clientId, clientSecret: app.clientSecret, redirectUri, code, scope,
});
const masto = createRestAPIClient({ url, accessToken: token.accessToken });
const v1 = masto.v1;

const me = await v1.accounts.verifyCredentials();
assert.equal(me.acct, "camille");
const instance = await masto.v2.instance.fetch();
assert.ok(instance.configuration.urls.streaming);
assert.deepEqual(await v1.timelines.home.list(), []);

// follow somebody of another server
const search = await masto.v2.search.list({ q: `@bea@${there}`, resolve: true, type: "accounts" });
const bea = search.accounts[0];
await v1.accounts.$select(bea.id).follow();
await until(async () => (await v1.accounts.relationships.fetch({ id: [bea.id] }))[0].following);

// write, with a photo and a question
const file = new Blob([Buffer.from(process.env.PHOTO, "base64")], { type: "image/jpeg" });
const photo = await masto.v2.media.create({ file, description: "A garden" });
const post = await v1.statuses.create({
  status: "Hello **everybody** #rest", mediaIds: [photo.id], spoilerText: "calm", visibility: "private", language: "en",
});
assert.equal(post.mediaAttachments[0].description, "A garden");
const asked = { status: "What do you drink?", poll: { options: ["tea", "coffee"], expiresIn: 3600 } };
const question = await v1.statuses.create(asked);
assert.deepEqual(question.poll.options.map((option) => option.title), ["tea", "coffee"]);
assert.deepEqual((await v1.timelines.home.list({ limit: 1 })).map((status) => status.id), [question.id]);

// hear an answer from the other server while it comes
const streaming = createStreamingAPIClient({
  streamingApiUrl: instance.configuration.urls.streaming, accessToken: token.accessToken,
});
const user = streaming.user.subscribe();
const heard = (async () => {
  for await (const event of user) {
    if (event.event === "notification" && event.payload.type === "mention") return event.payload.status;
  }
})();
await streaming.prepare();
await new Promise((resolve) => setTimeout(resolve, 300));
await ask(`ANSWER ${post.uri}`);
const reply = await heard;
assert.equal(reply.account.acct, `bea@${there}`);
assert.equal(reply.inReplyToId, post.id);
streaming.close();
const groups = await masto.v2.notifications.list();
assert.ok(groups.notificationGroups.some((group) => group.type === "mention" && group.statusId === reply.id));
assert.equal((await v1.statuses.$select(post.id).context.fetch()).descendants[0].id, reply.id);

// answer, react, keep
const mine = await v1.statuses.create({ status: "Good morning, Béa", inReplyToId: reply.id });
assert.equal(mine.inReplyToId, reply.id);
const theirs = v1.statuses.$select(reply.id);
assert.ok((await theirs.favourite()).favourited);
assert.equal((await theirs.reblog()).reblog.id, reply.id);
assert.ok((await theirs.bookmark()).bookmarked);
assert.equal((await v1.bookmarks.list())[0].id, reply.id);
assert.equal((await v1.favourites.list())[0].id, reply.id);

// change one's mind
const edited = await v1.statuses.$select(post.id).update({ status: "Hello again" });
assert.ok(edited.content.includes("Hello again") && edited.editedAt);
assert.equal((await v1.statuses.$select(post.id).history.list()).length, 2);
await v1.statuses.$select(mine.id).remove();

// order
const list = await v1.lists.create({ title: "Friends" });
await v1.lists.$select(list.id).accounts.create({ accountIds: [bea.id] });
assert.equal((await v1.lists.$select(list.id).accounts.list())[0].id, bea.id);
const filter = await masto.v2.filters.create({
  title: "Weather", context: ["home"], filterAction: "warn", keywordsAttributes: [{ keyword: "weather", wholeWord: true }],
});
assert.equal((await masto.v2.filters.list())[0].id, filter.id);
const found = await masto.v2.search.list({ q: "#rest", type: "hashtags" });
assert.ok(Array.isArray(found.hashtags));
await v1.markers.create({ home: { lastReadId: question.id } });
assert.equal((await v1.markers.fetch({ timeline: ["home"] })).home.lastReadId, question.id);
assert.deepEqual(await v1.mutes.list(), []);
await oauth.revoke({ clientId: app.clientId, clientSecret: app.clientSecret, token: token.accessToken });
await assert.rejects(v1.accounts.verifyCredentials());
console.log("DONE");
process.exit(0);
