// SPDX-License-Identifier: Apache-2.0
// node duckdb_query.mjs TOOLS SQL: the answer of DuckDB, one JSON array with an object a row. TOOLS
// is the folder tools/duckdb with its packages installed. Exit code 77: they are not, or not those of
// this machine (npm passes over a binding that it could not fetch).
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const [tools, sql] = process.argv.slice(2);
const packages = ['node-api', `node-bindings-${process.platform}-${process.arch}`];
if (!packages.every((name) => existsSync(`${tools}/node_modules/@duckdb/${name}`))) process.exit(77);
const { DuckDBInstance } = createRequire(`${tools}/package.json`)('@duckdb/node-api');
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const reader = await connection.runAndReadAll(sql);
console.log(JSON.stringify(reader.getRowObjectsJson()));
