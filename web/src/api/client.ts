// SPDX-License-Identifier: Apache-2.0
// The one door to /api/v1: typed by openapi.yaml, adds the CSRF token, the language and an
// idempotency key, and turns every failure into an ApiError with the server's problem.
import type { paths } from './schema';
import type { Problem } from './types';

type Method = 'get' | 'post' | 'patch' | 'put' | 'delete';
type With<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, infer O> ? (O extends undefined ? never : P) : never;
}[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never;
type Parameters<O, K extends string> = O extends { parameters: infer A }
  ? A extends { [key in K]?: infer V }
    ? Exclude<V, undefined>
    : never
  : never;
type Body<O> = O extends { requestBody?: { content: infer C } }
  ? C extends { 'application/json': infer J }
    ? J
    : string
  : never;
type Content<R> = R extends { content: infer C }
  ? C extends { 'application/json': infer J }
    ? J
    : C extends { 'application/geo+json': infer J }
      ? J
      : unknown
  : undefined;
type Answer<O> = O extends { responses: infer R }
  ? R extends { 200: infer A }
    ? Content<A>
    : R extends { 201: infer A }
      ? Content<A>
      : undefined
  : never;

export interface Options<O> {
  path?: Parameters<O, 'path'>;
  query?: Parameters<O, 'query'>;
  body?: Body<O>;
  /** Sent again after a break it gives the first answer. Made when a write has none. */
  key?: string;
  /** For bodies that are no JSON. */
  type?: string;
  signal?: AbortSignal;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    // For logs; what a person reads is made by i18n/problem.ts.
    super(`${problem.code} (${status}): ${problem.detail ?? problem.title}`);
  }
  get code(): string {
    return this.problem.code;
  }
}

/** No answer at all: cable, proxy, server gone. */
export class OfflineError extends Error {}

const context = { csrf: '', language: 'zh', onUnauthorised: () => {} };

export function setCsrf(csrf: string): void {
  context.csrf = csrf;
}
export function setRequestLanguage(language: string): void {
  context.language = language;
}
export function onUnauthorised(told: () => void): void {
  context.onUnauthorised = told;
}

export function newKey(): string {
  // randomUUID exists only on secure origins; a plain address in the office is none.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

export function address(path: string, params?: object, query?: object): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String((params as Record<string, unknown>)?.[name] ?? '')),
  );
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null || value === '') continue;
    if (Array.isArray(value)) {
      for (const text of value) pairs.append(name, String(text));
    } else if (typeof value === 'object') {
      for (const [inner, text] of Object.entries(value)) pairs.append(`${name}[${inner}]`, String(text));
    } else {
      pairs.append(name, String(value));
    }
  }
  const text = pairs.toString();
  return `/api/v1${filled}${text ? `?${text}` : ''}`;
}

/** A gateway before the server says that the server is gone; the server's own 503 has a problem. */
const kGateway = [502, 503, 504];

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as Partial<Problem>;
    if (body && typeof body.code === 'string') return body as Problem;
  } catch {
    // Not JSON: a proxy's page. The status says enough.
  }
  const title = `HTTP ${response.status}`;
  if (kGateway.includes(response.status)) throw new OfflineError(title);
  return { type: 'about:blank', title, status: response.status, code: 'internal', detail: title };
}

async function ask<O>(method: Method, path: string, options: Options<O>, accept: string): Promise<Response> {
  const headers: Record<string, string> = { Accept: accept, 'Accept-Language': context.language };
  let body: string | undefined;
  if (method !== 'get') {
    headers['X-CSRF-Token'] = context.csrf;
    headers['Idempotency-Key'] = options.key ?? newKey();
    if (options.body !== undefined) {
      headers['Content-Type'] = options.type ?? 'application/json';
      body = options.type ? String(options.body) : JSON.stringify(options.body);
    }
  }
  let response: Response;
  try {
    response = await fetch(address(path, options.path as object, options.query as object), {
      method: method.toUpperCase(),
      headers,
      body,
      signal: options.signal,
      credentials: 'same-origin',
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new OfflineError(String(error));
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (response.status === 401 && !(method === 'post' && path.startsWith('/session'))) {
      context.onUnauthorised();
    }
    throw new ApiError(response.status, problem);
  }
  return response;
}

/** A file or pasted text, with its progress; `fetch` tells none of what is sent. */
export function upload<T>(path: string, body: Blob, options: { query?: object; type: string; key: string; signal?: AbortSignal; onprogress?: (part: number) => void }): Promise<T> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open('POST', address(path, {}, options.query));
    const headers = { Accept: 'application/json', 'Accept-Language': context.language, 'X-CSRF-Token': context.csrf, 'Idempotency-Key': options.key, 'Content-Type': options.type };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && options.onprogress?.(event.loaded / event.total);
    request.onerror = () => fail(new OfflineError(path));
    request.onabort = () => fail(new DOMException(path, 'AbortError'));
    request.onload = () => {
      const response = new Response(request.response as string, { status: request.status });
      if (response.ok) return void response.json().then((json) => done(json as T), fail);
      if (request.status === 401) context.onUnauthorised();
      problemOf(response).then((problem) => fail(new ApiError(request.status, problem)), fail);
    };
    options.signal?.addEventListener('abort', () => request.abort());
    request.send(body);
  });
}

async function call<O>(method: Method, path: string, options: Options<O> = {}): Promise<Answer<O>> {
  const response = await ask(method, path, options, 'application/json');
  if (response.status === 204) return undefined as Answer<O>;
  return (await response.json()) as Answer<O>;
}

/** A broken connection while the body comes is no failure of the program. */
async function bytes<O>(path: string, options: Options<O> = {}): Promise<ArrayBuffer> {
  const response = await ask('get', path, options, '*/*');
  try {
    return await response.arrayBuffer();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new OfflineError(String(error));
  }
}

export const api = {
  /** For answers that are no JSON. */
  bytes: <P extends With<'get'>>(path: P, options?: Options<Operation<P, 'get'>>) =>
    bytes<Operation<P, 'get'>>(path, options),
  get: <P extends With<'get'>>(path: P, options?: Options<Operation<P, 'get'>>) =>
    call<Operation<P, 'get'>>('get', path, options),
  post: <P extends With<'post'>>(path: P, options?: Options<Operation<P, 'post'>>) =>
    call<Operation<P, 'post'>>('post', path, options),
  patch: <P extends With<'patch'>>(path: P, options?: Options<Operation<P, 'patch'>>) =>
    call<Operation<P, 'patch'>>('patch', path, options),
  put: <P extends With<'put'>>(path: P, options?: Options<Operation<P, 'put'>>) =>
    call<Operation<P, 'put'>>('put', path, options),
  delete: <P extends With<'delete'>>(path: P, options?: Options<Operation<P, 'delete'>>) =>
    call<Operation<P, 'delete'>>('delete', path, options),
};
