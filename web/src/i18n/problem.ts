// SPDX-License-Identifier: Apache-2.0
// What a refused request means, said to the person in the language of the screen. The server names
// the cause by a stable code; where one code has several causes that people meet in normal work, its
// English sentence tells which, and the values in it are taken over. tests/problem.test.ts holds
// each of these sentences against the sources of the server. The English sentence itself stays
// readable under "details".
import { ApiError, OfflineError } from '$/api/client';
import { language, t, tOr, type Key } from './index.svelte';

export interface Said {
  title: string;
  /** What to do. */
  hint: string;
  /** For whoever looks into it: the code and the sentence of the server. */
  detail: string;
}
interface Told {
  code: string;
  detail?: string;
  field?: string;
}
interface Sentence {
  when: RegExp;
  says: Key;
  /** Names of the groups of `when`, as arguments of the text. */
  takes?: string[];
  hint?: Key;
  /** It names what it speaks of: no field is put before it. */
  whole?: true;
}

export const sentences: Sentence[] = [
  { when: /^the name or the password is wrong$/, says: 'sign_in.wrong', whole: true },
  { when: /^too many failed attempts$/, says: 'problem.attempts', hint: 'problem.attempts_hint', whole: true },
  { when: /^a password has at least (\d+) characters$/, says: 'problem.password_short', takes: ['n'], whole: true },
  { when: /^a password has at most (\d+) bytes$/, says: 'problem.password_long', whole: true },
  { when: /^a password has at least (\d+) different characters$/, says: 'problem.password_plain', takes: ['n'], whole: true },
  { when: /^a password is not the sign-in name$/, says: 'problem.password_name', whole: true },
  { when: /^a sign-in name has 2 to 64 of/, says: 'problem.user_name', whole: true },
  { when: /^this name is the program's own$/, says: 'problem.user_reserved', whole: true },
  { when: /^the name (\S+) is in use$/, says: 'problem.user_taken', takes: ['name'], hint: 'problem.user_taken_hint', whole: true },
  { when: /^a user has at least one role$|^at least one role$/, says: 'problem.user_roles', whole: true },
  { when: /^this is the last administrator$/, says: 'problem.last_admin', hint: 'problem.last_admin_hint', whole: true },
  { when: /^the row belongs to (\S*), (\S+) works for (\S+)$/, says: 'problem.district', takes: ['district'], whole: true },
  { when: /needs one of these roles: (.+)$/, says: 'problem.roles', takes: ['roles'], hint: 'problem.forbidden_hint', whole: true },
  { when: /^a second person must approve/, says: 'problem.second_person', whole: true },
  { when: /^only \S+, who asked for it, may withdraw it$/, says: 'problem.withdraw', whole: true },
  { when: /waits for a second person/, says: 'problem.pending', whole: true },
  { when: /^no request for '.*' waits$/, says: 'problem.not_pending', hint: 'problem.reload', whole: true },
  { when: /does not start from the state/, says: 'problem.state_moved', hint: 'problem.reload', whole: true },
  { when: /^in the state '.*' fields are not edited$/, says: 'problem.state_locked', whole: true },
  { when: /has corrected or retracted the finding since step/, says: 'problem.finding_changed', hint: 'problem.finding_changed_hint', whole: true },
  { when: /^neither a false alarm nor a suspension stands$/, says: 'problem.nothing_to_reopen', hint: 'problem.reload', whole: true },
  { when: /^the end lies in the future, at most a year ahead$|^the suspension would have ended already$/, says: 'problem.suspend_end', whole: true },
  { when: /^this review needs a reason$|^a comment has a text$|^a false alarm has a reason$/, says: 'problem.reason', whole: true },
  { when: /^a comment has at most 2,000 characters$/, says: 'problem.comment_long', whole: true },
  { when: /^the record is removed$/, says: 'problem.removed', whole: true },
  { when: /^no output to a BeiDou card is approved$/, says: 'problem.no_card', hint: 'problem.no_card_hint', whole: true },
  { when: /^the text is empty or has no form in GBK$/, says: 'problem.boat_text', whole: true },
  { when: /^the text takes (\d+) octets, a card sends (\d+)$/, says: 'problem.boat_octets', takes: ['n', 'most'], whole: true },
  { when: /^only a BeiDou terminal can be written to$/, says: 'problem.boat_terminal', whole: true },
  { when: /^(\d+) messages wait already$/, says: 'problem.boat_queue', takes: ['n'], whole: true },
  { when: /^a message is of use for 5 minutes to 24 hours$/, says: 'problem.boat_time', whole: true },
  { when: /^a BeiDou card sends messages to boats, no AIS$/, says: 'problem.card_filter', whole: true },
  { when: /^this is no text in UTF-8, GB18030 or UTF-16$/, says: 'problem.doc_binary', hint: 'problem.doc_hint', whole: true },
  { when: /^the document holds no text$/, says: 'problem.doc_empty', hint: 'problem.doc_picture_hint', whole: true },
  { when: /^this is the old form of Word or WPS/, says: 'problem.doc_office', hint: 'problem.doc_hint', whole: true },
  { when: /^this is a PDF, not a text$/, says: 'problem.doc_pdf', hint: 'problem.doc_hint', whole: true },
  { when: /^the \.docx file (is damaged|cannot be opened)$|^this zip file is no Word document$/, says: 'problem.doc_damaged', hint: 'problem.doc_hint', whole: true },
  { when: /^LibreOffice (cannot read this document|did not read it)/, says: 'problem.doc_office_failed', hint: 'problem.doc_hint', whole: true },
  { when: /^the document has \d+ (bytes|items)/, says: 'problem.doc_large', hint: 'problem.doc_hint', whole: true },
  { when: /^nothing that is to be done was found in the text$/, says: 'problem.doc_nothing', hint: 'problem.doc_nothing_hint', whole: true },
  { when: /^no accepted item is left that is no record yet$/, says: 'problem.plan_nothing', whole: true },
  { when: /is a record already and is not changed here$/, says: 'problem.plan_made', whole: true },
  { when: /^\S+ cannot stand below \S+$/, says: 'problem.plan_stands', whole: true },
  { when: /^the plan is at revision \d+/, says: 'problem.revision', hint: 'problem.reload', whole: true },
  { when: /^the idempotency key was used for another/, says: 'problem.used_key', hint: 'problem.reload', whole: true },
  { when: /^the case is being edited$/, says: 'problem.case_edited', whole: true },
  { when: /^the attachment '(.*)' is not among the files, or was changed$/, says: 'problem.attachment', takes: ['name'], whole: true },
  { when: /^changed by someone else since revision \d+/, says: 'problem.revision', hint: 'problem.reload', whole: true },
  { when: /^the record is at revision \d+$/, says: 'problem.revision', hint: 'problem.reload', whole: true },
  { when: /^the record \S+ was removed$/, says: 'problem.removed', whole: true },
  { when: /^is written by the program, not by people$/, says: 'problem.sealed' },
  { when: /is already in /, says: 'problem.not_unique' },
  { when: /^the file '.*' is of a kind that is not taken here$/, says: 'problem.file_kind' },
  { when: /^the file '.*' is by its content a /, says: 'problem.file_name' },
  { when: /^the file is larger than \d+ MiB$/, says: 'problem.file_large' },
  { when: /^the file '.*' was not uploaded by |^the file '.*' is not what was uploaded$/, says: 'problem.file_gone' },
  { when: /^is a masked value, not the value itself$/, says: 'problem.masked' },
  { when: /^the field is confidential/, says: 'problem.confidential' },
  { when: /^there is no unit '/, says: 'problem.no_unit' },
  { when: /^the unit '.*' is no district$/, says: 'problem.no_district' },
  { when: /^the unit '.*' does not stand on /, says: 'problem.unit_over' },
  { when: /^there is no account '|^no person has the id |is no account and no person's id$/, says: 'problem.no_person' },
  { when: /^must be a period, /, says: 'problem.no_period' },
  { when: /is no code of '|^the code '.*' does not hold on /, says: 'problem.no_code' },
  { when: /^no record of '.*' has the id |names no record of /, says: 'problem.no_link' },
  { when: /names several records of /, says: 'problem.several_links' },
  { when: /^is required( for '.*')?$|^a text is required$/, says: 'field.required' },
  { when: /^is longer than (\d+) characters$/, says: 'field.too_long', takes: ['n'] },
  { when: /^is below (\S+)$/, says: 'field.too_small', takes: ['n'] },
  { when: /^is above (\S+)$/, says: 'field.too_large', takes: ['n'] },
  { when: /^must be a (finite |whole )?number$|^must be an amount with at most two decimals$/, says: 'field.not_number' },
  { when: /^must be later than '(\S+)'$/, says: 'problem.too_early' },
  { when: /^must be the key of a choice$|^must be a list of keys$/, says: 'problem.no_choice' },
  { when: /does not have the expected form$/, says: 'field.pattern' },
  { when: /^must be a date$|^must be a time with its offset$/, says: 'problem.no_time' },
  { when: /^has too many (items|rows)$/, says: 'problem.too_many_items' },
  { when: /^has a control character$|^is not UTF-8$/, says: 'problem.characters' },
  { when: /^the file has no heading$|^no column belongs to a field$/, says: 'problem.no_heading', hint: 'problem.no_heading_hint', whole: true },
  { when: /has no field for the column '(.*)'$/, says: 'problem.no_column', takes: ['name'], whole: true },
  { when: /^two columns for the field /, says: 'problem.two_columns', whole: true },
  { when: /^more than (\d+) rows$/, says: 'problem.rows', takes: ['n'], whole: true },
  { when: /^the polygon is not valid: /, says: 'problem.polygon', hint: 'problem.polygon_hint', whole: true },
  { when: /^an area is required$/, says: 'who.no_area', whole: true },
  { when: /^the area has more than 10,000 vertices$/, says: 'problem.vertices', whole: true },
  { when: /^longer than (\d+) days$/, says: 'period.long', takes: ['n'], whole: true },
  { when: /^to is before from$/, says: 'period.order', whole: true },
  { when: /^the question takes more than a minute$/, says: 'problem.long_question', hint: 'problem.long_question_hint', whole: true },
  { when: /^the raster has (no or too many|more than 4 million) cells$/, says: 'problem.cells', hint: 'problem.long_question_hint', whole: true },
  { when: /^the server is busy or stopping$/, says: 'problem.unavailable', whole: true },
  { when: /^no such (kind|track|vessel in the live picture): /, says: 'problem.no_vessel', whole: true },
  { when: /^who proposed it does not approve it$/, says: 'problem.output_second', whole: true },
  { when: /^a destination called (\S+) exists or has existed$/, says: 'problem.output_name', takes: ['name'], whole: true },
  { when: /^it was changed by (\S+) meanwhile$|^the list was changed meanwhile$/, says: 'problem.revision', hint: 'problem.reload', whole: true },
  { when: /^one that is \S+ cannot be /, says: 'problem.state_moved', hint: 'problem.reload', whole: true },
  { when: /^a reason must be given$/, says: 'problem.reason', whole: true },
  { when: /^this must be given$/, says: 'field.required' },
  { when: /^the end lies ahead, by a year at most$/, says: 'problem.output_until', whole: true },
  { when: /^an address or a host name$/, says: 'problem.output_host' },
  { when: /^a numeric address of this machine$/, says: 'problem.output_own' },
  { when: /^the address of one receiver, or of a group$/, says: 'problem.output_one' },
  { when: /^other machines reach this address: /, says: 'problem.output_allowed', whole: true },
  { when: /^.(.*)\W is no address or network$/, says: 'problem.output_network', takes: ['text'] },
  { when: /^up to 64 letters, digits, /, says: 'problem.output_key' },
  { when: /^the rules have no zone /, says: 'problem.output_zone', whole: true },
  { when: /^west, south, east, north in degrees$|^west before east within /, says: 'problem.output_box' },
  { when: /^a group can only be reached by udp$/, says: 'problem.output_group', whole: true },
  { when: /^in braces: /, says: 'problem.output_topic' },
  { when: /^the name of a file in the folder secrets$/, says: 'problem.output_secret' },
  { when: /^a password goes that far by TLS only$/, says: 'problem.output_tls', whole: true },
  { when: /^from (\d+) to (\d+)$/, says: 'problem.whole_numbers', takes: ['low', 'high'] },
  { when: /^whole numbers from (\d+) to (\d+)$/, says: 'problem.whole_numbers', takes: ['low', 'high'] },
  { when: /^a quote is not closed$/, says: 'problem.quote', whole: true },
];

/** A Chinese sentence, not an English one that quotes a Chinese value. */
const chinese = /^[\u4e00-\u9fff“《]/;

function argument(name: string, value: string): string {
  if (name === 'roles') return value.split(/,\s*/).map((one) => tOr(`role.${one}`, one)).join(t('list.comma'));
  if (name === 'district') return tOr(`district.${value}`, value || t('users.whole'));
  return value;
}

/** The sentence for one refusal; `name` is what the screen calls the field. */
export function sentence(told: Told, name?: string): { title: string; hint: string } {
  const detail = told.detail ?? '';
  const field = name || (told.field ? tOr(`problem_field.${told.field}`, '') : '');
  // Guards of the house speak the person's language themselves.
  if (chinese.test(detail)) return { title: detail, hint: '' };
  for (const one of sentences) {
    const match = one.when.exec(detail);
    if (!match) continue;
    const args = Object.fromEntries((one.takes ?? []).map((key, i) => [key, argument(key, match[i + 1] ?? '')]));
    const text = t(one.says, args);
    return { title: one.whole || !field ? text : `${field}${t('list.colon')}${text}`, hint: one.hint ? t(one.hint) : '' };
  }
  // The sentence of the server is English and says more than its code.
  const own = language.now === 'en' && detail !== '' && told.code !== 'internal' ? detail.charAt(0).toUpperCase() + detail.slice(1) : '';
  const title = own || tOr(`problem.${told.code}`, t('problem.internal'));
  // A general line says which code it stands for, so that it can be asked about.
  const hint = [tOr(`problem.${told.code}_hint`, ''), own ? '' : t('problem.code', { code: told.code })].filter(Boolean).join(language.now === 'zh' ? '' : ' ');
  return { title: field ? t('problem.at_field', { field, text: title }) : title, hint };
}

/** Any failure as it is shown: title, what to do, details. */
export function said(error: unknown, name?: string): Said {
  if (error instanceof OfflineError) return { title: t('error.offline'), hint: t('error.offline_hint'), detail: '' };
  if (!(error instanceof ApiError)) return { title: t('error.unknown'), hint: t('error.unknown_hint'), detail: String(error) };
  const { title, hint } = sentence(error.problem, name);
  const { code, detail, field, hint: advice } = error.problem;
  const place = field ? `${field}: ` : '';
  return { title, hint, detail: `${code} (${error.status}) ${place}${detail ?? ''}${advice ? ` — ${advice}` : ''}`.trim() };
}
