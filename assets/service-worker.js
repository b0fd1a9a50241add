// Keeps the talk page and its files, so that the next visit needs no network before the page stands. It knows the page
// and the files with a hash in their name, and nothing else: no conversation, no request to the server's API.

const CACHE_PREFIX = "inzwa-";
const CACHE = `${CACHE_PREFIX}1`;

/** The page: what lies beside this script. */
const PAGE = new URL("./", self.location.href);

/** A file whose name changes with its content, as the page names it. */
const HASHED_FILE = /\binzwa\/[\w-]+-[0-9a-f]{12}\.\w+/g;

/** Parameters with which "/" leads to Gradio's page. */
const ELSEWHERE = ["tab", "view", "deep_link"];

/** Statuses that say that the page is no longer for this visitor; 0 is a redirect, to a sign-in. */
const GONE = [0, 401, 403, 404];

/** @param {Request} request @returns {boolean} */
function isPage({ mode, url }) {
  const { origin, pathname, searchParams } = new URL(url);
  if (mode !== "navigate" || origin !== PAGE.origin || pathname !== PAGE.pathname) return false;
  return !ELSEWHERE.some((name) => searchParams.has(name));
}

/** @param {Request} request @returns {boolean} */
function isHashedFile({ url }) {
  const { href } = PAGE;
  return url.startsWith(href) && url.slice(href.length).match(HASHED_FILE)?.[0] === url.slice(href.length);
}

/** @param {Response | undefined} page @returns {Promise<string[]>} the addresses of the files that it names */
async function filesOf(page) {
  const text = (await page?.clone().text()) ?? "";
  return [...new Set(text.match(HASHED_FILE))].map((path) => new URL(path, PAGE).href);
}

/**
 * Puts a page and its files into the cache, and takes out the files of all others but the one that it replaces, which
 * may be open.
 * @param {Cache} cache @param {Response} page @param {string[]} files that the page names
 */
async function keep(cache, page, files) {
  const before = await filesOf(await cache.match(PAGE));
  const kept = (await cache.keys()).map(({ url }) => url);
  await cache.addAll(files.filter((file) => !kept.includes(file)));
  await cache.put(PAGE, page);
  const old = kept.filter((url) => url !== PAGE.href && !files.includes(url) && !before.includes(url));
  await Promise.all(old.map((url) => cache.delete(url)));
}

/** Asks the server whether the page has changed. */
async function update() {
  const cache = await caches.open(CACHE);
  const page = await fetch(PAGE, { cache: "no-cache", redirect: "manual" });
  const files = await filesOf(page);
  if (GONE.includes(page.status)) await cache.delete(PAGE);
  else if (page.ok && files.length > 0) await keep(cache, page, files);
}

/** The update that is under way: a second one would compare with what the first has half replaced. */
let updating = Promise.resolve();

/** @returns {Promise<void>} */
function updateOnce() {
  updating = updating.then(update, update);
  return updating;
}

/** @param {FetchEvent} event @returns {Promise<Response>} the page kept, which is then brought up to date */
async function answerPage(event) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(PAGE);
  event.waitUntil(updateOnce().catch(() => {})); // without a network the page stays as it is
  return kept ?? fetch(event.request);
}

/** @param {Request} request @returns {Promise<Response>} */
async function answerFile(request) {
  return (await caches.match(request.url)) ?? fetch(request);
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(updateOnce());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => {
      const old = names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== CACHE);
      return Promise.all(old.map((name) => caches.delete(name)));
    }),
  );
});

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  if (isPage(event.request)) event.respondWith(answerPage(event));
  else if (isHashedFile(event.request)) event.respondWith(answerFile(event.request));
});
