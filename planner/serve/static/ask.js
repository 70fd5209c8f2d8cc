// Questions to the server, each with the token that came behind the # of the address.

const KEY = "planner-token";
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  localStorage.setItem(KEY, given);
  history.replaceState(null, "", location.pathname + location.search);
}

export const page = crypto.randomUUID();

/** What went wrong with a question: a sentence, and problems where they are located. */
export class Trouble extends Error {
  constructor(message, status = 0, problems = []) {
    super(message);
    this.status = status;
    this.problems = problems;
  }
}

const GONE = "The server has gone. Start it again with planner serve; this page goes on by itself.";
const TOKEN =
  "This page needs its token: open the address that planner serve printed. Tabs that are open go on then.";

async function send(path, body, headers) {
  const options = {
    method: "POST",
    body,
    headers: { ...headers, "X-Planner-Token": localStorage.getItem(KEY) ?? "" },
    credentials: "omit",
  };
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Trouble(GONE);
  }
  if (response.status === 401) throw new Trouble(TOKEN, 401);
  let answer;
  try {
    answer = await response.json();
  } catch {
    throw new Trouble(`The server failed (${response.status}). What it printed says why.`, response.status);
  }
  if (!response.ok) throw new Trouble(answer.error ?? `refused (${response.status})`, response.status, answer.problems);
  return answer;
}

export const ask = (name, question = {}) =>
  send(`/api/${name}`, JSON.stringify(question), { "Content-Type": "application/json" });

export const drop = (file) =>
  send("/api/drop", file, { "Content-Type": "application/octet-stream", "X-File-Name": encodeURIComponent(file.name) });

/** Asks again until there is a server with our token; other trouble is thrown. */
export async function insist(name, question, tell) {
  for (;;) {
    try {
      const answer = await ask(name, question);
      tell("");
      return answer;
    } catch (trouble) {
      if (!(trouble instanceof Trouble) || (trouble.status !== 0 && trouble.status !== 401)) throw trouble;
      tell(trouble.message);
      await new Promise((done) => setTimeout(done, 700));
    }
  }
}
