// SPDX-License-Identifier: Apache-2.0
// Short names for the schemas of openapi.yaml. schema.d.ts is made from it by `npm run api`.
import type { components } from './schema';

type Schemas = components['schemas'];

export type Session = Schemas['Session'];
export type Permission = Session['may'][number];
export type Role = Schemas['Role'];
export type User = Schemas['User'];
export type Problem = Schemas['Problem'];
export type Clock = Schemas['Clock'];
export type Vessel = Schemas['Vessel'];
export type VesselDetail = Schemas['VesselDetail'];
export type VesselKind = Schemas['VesselKind'];
export type Fix = Schemas['Fix'];
export type FixSource = Schemas['FixSource'];
export type TrackPositions = Schemas['TrackPositions'];
export type Picture = Schemas['Picture'];
export type PicturePositions = Schemas['PicturePositions'];
export type Severity = Schemas['Severity'];
export type FindingStatus = Schemas['FindingStatus'];
export type StepKind = Schemas['StepKind'];
export type ReviewKind = Schemas['ReviewKind'];
export type SuspendScope = Schemas['SuspendScope'];
export type Finding = Schemas['Finding'];
export type FindingDetail = Schemas['FindingDetail'];
export type FindingCounts = Schemas['FindingCounts'];
export type Review = Schemas['Review'];
export type Subject = Schemas['Subject'];
export type Rule = Schemas['Rule'];
export type RuleDetail = Schemas['RuleDetail'];
export type RuleGap = Schemas['RuleGap'];
export type RuleDoubt = Schemas['RuleDoubt'];
export type FeatureCollection = Schemas['FeatureCollection'];
export type Field = Schemas['Field'];
export type FieldType = Schemas['FieldType'];
export type FieldValues = Schemas['FieldValues'];
export type Register = Schemas['Register'];
export type RecordRow = Schemas['Record'];
export type HistoryLine = Schemas['HistoryLine'];
export type Transition = Schemas['Transition'];
export type ImportReport = Schemas['ImportReport'];
export type Pack = Schemas['Pack'];
export type SearchResult = Schemas['SearchResult'];
export type Input = Schemas['Input'];
export type System = Schemas['System'];
export type Health = Schemas['Health'];
export type AuditLine = Schemas['AuditLine'];
