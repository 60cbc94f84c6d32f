// SPDX-License-Identifier: Apache-2.0
// Many lines through received positions, drawn from typed arrays (a custom layer of MapLibre,
// WebGL2): each segment is one instance of a strip of four corners over two neighbouring vertices
// of the same buffer. What time it is, how long a tail is and which kinds are shown are uniforms,
// so that scrubbing and playing upload nothing. Positions are split in two floats each, which keeps
// them within a pixel at every zoom.
import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibreMap } from 'maplibre-gl';
import { rgb } from './palette';
import { Program } from './program';

const kStride = 24;
export const kMostColours = 16;

/** Of a vertex: what leads from it to the next one. */
export const Leads = { nowhere: 0, line: 1, gap: 3, /** Received rows between lie on it, evenly in time. */ even: 5 } as const;

const vertexShader = `#version 300 es
precision highp float;
precision highp int;
layout(location = 0) in vec4 a_from;
layout(location = 1) in float a_from_t;
layout(location = 2) in uvec2 a_look;
layout(location = 3) in vec4 a_to;
layout(location = 4) in float a_to_t;
uniform vec4 u_centre;
uniform vec2 u_scale;
uniform vec2 u_half;
uniform float u_width;
uniform float u_now;
uniform float u_tail;
uniform int u_shown;
uniform vec3 u_colours[${kMostColours}];
out vec3 v_colour;
out float v_age;
out float v_along;
out float v_across;
flat out int v_gap;
vec2 pixel(vec4 p) { return ((p.xy - u_centre.xy) + (p.zw - u_centre.zw)) * u_scale * u_half; }
void main() {
  bool hidden = (a_look.y & 1u) == 0u || ((u_shown >> int(a_look.x)) & 1) == 0;
  // Of what was received after now nothing is drawn; an even way is drawn as far as it has been sailed.
  bool even = (a_look.y & 4u) != 0u;
  if (u_tail > 0.0) hidden = hidden || (even ? a_from_t : a_to_t) > u_now || a_to_t < u_now - u_tail;
  if (hidden) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  vec2 from = pixel(a_from);
  vec2 to = pixel(a_to);
  float end_t = a_to_t;
  if (u_tail > 0.0 && even && a_to_t > u_now) {
    to = mix(from, to, (u_now - a_from_t) / (a_to_t - a_from_t));
    end_t = u_now;
  }
  vec2 along = to - from;
  float size = length(along);
  vec2 dir = size > 0.0 ? along / size : vec2(1.0, 0.0);
  bool second = gl_VertexID >= 2;
  float side = (gl_VertexID & 1) == 0 ? -1.0 : 1.0;
  // A pixel more on each side is for the soft edge; the ends reach out, so that bends have no notch.
  float reach = u_width * 0.5 + 1.0;
  vec2 at = (second ? to + dir * u_width * 0.35 : from - dir * u_width * 0.35) + vec2(-dir.y, dir.x) * side * reach;
  gl_Position = vec4(at / u_half, 0.0, 1.0);
  v_colour = u_colours[min(a_look.x, ${kMostColours - 1}u)];
  v_age = u_tail > 0.0 ? (u_now - (second ? end_t : a_from_t)) / u_tail : 0.0;
  v_along = second ? size : 0.0;
  v_across = side * reach;
  v_gap = (a_look.y & 2u) != 0u ? 1 : 0;
}`;

const fragmentShader = `#version 300 es
precision highp float;
in vec3 v_colour;
in float v_age;
in float v_along;
in float v_across;
flat in int v_gap;
uniform float u_width;
uniform float u_opacity;
uniform vec3 u_gap_colour;
uniform vec3 u_casing;
uniform float u_cased;
out vec4 colour;
void main() {
  if (v_gap == 1 && mod(v_along, 9.0) > 3.2) discard;
  float half_width = v_gap == 1 ? 1.0 : u_width * 0.5;
  float edge = 1.0 - smoothstep(half_width - 0.5, half_width + 0.5, abs(v_across));
  float inner = 1.0 - smoothstep(half_width - 1.4, half_width - 0.4, abs(v_across));
  vec3 body = v_gap == 1 ? u_gap_colour : mix(v_colour, mix(u_casing, v_colour, inner), u_cased);
  float fade = mix(1.0, 0.12, clamp(v_age, 0.0, 1.0));
  float alpha = edge * fade * u_opacity;
  colour = vec4(body * alpha, alpha);
}`;

/** Vertices on their way to the buffer of a layer. */
export class LineBuilder {
  readonly bytes: ArrayBuffer;
  count = 0;
  private readonly m_f32: Float32Array;
  private readonly m_u8: Uint8Array;

  constructor(
    readonly capacity: number,
    /** Times are held in seconds after this. */
    readonly epochMs: number,
  ) {
    this.bytes = new ArrayBuffer(capacity * kStride);
    this.m_f32 = new Float32Array(this.bytes);
    this.m_u8 = new Uint8Array(this.bytes);
  }

  /** In mercator; `leads` tells how the line goes on to the vertex that is added next. */
  add(x: number, y: number, timeMs: number, colour: number, leads: number): void {
    const w = this.count * 6;
    this.m_f32[w] = x;
    this.m_f32[w + 1] = y;
    this.m_f32[w + 2] = x - this.m_f32[w]!;
    this.m_f32[w + 3] = y - this.m_f32[w + 1]!;
    this.m_f32[w + 4] = (timeMs - this.epochMs) / 1000;
    this.m_u8[w * 4 + 20] = colour;
    this.m_u8[w * 4 + 21] = leads;
    ++this.count;
  }
}

interface Part {
  lines: LineBuilder;
  buffer: WebGLBuffer | null;
  array: WebGLVertexArrayObject | null;
}

export class LinesLayer implements CustomLayerInterface {
  readonly type = 'custom' as const;
  colours: string[] = [];
  gapColour = '#808080';
  casing = '#ffffff';
  cased = false;
  widthPx = 1.5;
  opacity = 1;
  /** 0: lines do not end and do not fade. */
  tailS = 0;
  nowMs = 0;
  /** Bit n: colour n is drawn. */
  shown = 0xffff;

  private m_map: MapLibreMap | null = null;
  private m_gl: WebGL2RenderingContext | null = null;
  private m_program: Program | null = null;
  private readonly m_parts = new Map<string, Part>();

  constructor(readonly id: string) {}

  set(key: string, lines: LineBuilder | null): void {
    this.drop(key);
    if (lines && lines.count > 1) this.m_parts.set(key, { lines, buffer: null, array: null });
    this.m_map?.triggerRepaint();
  }
  clear(): void {
    for (const key of [...this.m_parts.keys()]) this.drop(key);
    this.m_map?.triggerRepaint();
  }
  get vertices(): number {
    let sum = 0;
    for (const part of this.m_parts.values()) sum += part.lines.count;
    return sum;
  }

  private drop(key: string): void {
    const part = this.m_parts.get(key);
    if (!part) return;
    this.m_gl?.deleteBuffer(part.buffer);
    this.m_gl?.deleteVertexArray(part.array);
    this.m_parts.delete(key);
  }

  onAdd(map: MapLibreMap, gl: WebGL2RenderingContext): void {
    this.m_map = map;
    this.m_gl = gl;
    this.m_program = new Program(gl, vertexShader, fragmentShader);
  }
  onRemove(): void {
    this.clear();
    this.m_map = null;
  }

  private upload(gl: WebGL2RenderingContext, part: Part): void {
    part.buffer = gl.createBuffer();
    part.array = gl.createVertexArray();
    gl.bindVertexArray(part.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, part.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, new Uint8Array(part.lines.bytes, 0, part.lines.count * kStride), gl.STATIC_DRAW);
    const float = (place: number, size: number, offset: number) => gl.vertexAttribPointer(place, size, gl.FLOAT, false, kStride, offset);
    float(0, 4, 0);
    float(1, 1, 16);
    gl.vertexAttribIPointer(2, 2, gl.UNSIGNED_BYTE, kStride, 20);
    float(3, 4, kStride);
    float(4, 1, kStride + 16);
    for (let place = 0; place < 5; ++place) {
      gl.enableVertexAttribArray(place);
      gl.vertexAttribDivisor(place, 1);
    }
    gl.bindVertexArray(null);
  }

  render(gl: WebGL2RenderingContext, _input: CustomRenderMethodInput): void {
    if (this.m_parts.size === 0) return;
    const map = this.m_map!;
    const program = this.m_program!;
    gl.useProgram(program.program);
    const centre = map.getCenter();
    const s = Math.sin((centre.lat * Math.PI) / 180);
    const [x, y] = [centre.lng / 360 + 0.5, 0.5 - (0.25 * Math.log((1 + s) / (1 - s))) / Math.PI];
    const [hx, hy] = [Math.fround(x), Math.fround(y)];
    const world = 512 * 2 ** map.getZoom();
    const canvas = map.getCanvas();
    gl.uniform4f(program.at('u_centre'), hx, hy, x - hx, y - hy);
    gl.uniform2f(program.at('u_scale'), (2 * world) / canvas.clientWidth, (-2 * world) / canvas.clientHeight);
    gl.uniform2f(program.at('u_half'), canvas.clientWidth / 2, canvas.clientHeight / 2);
    gl.uniform1f(program.at('u_width'), this.widthPx);
    gl.uniform1f(program.at('u_tail'), this.tailS);
    gl.uniform1f(program.at('u_opacity'), this.opacity);
    gl.uniform1i(program.at('u_shown'), this.shown);
    gl.uniform1f(program.at('u_cased'), this.cased ? 1 : 0);
    this.colours.slice(0, kMostColours).forEach((colour, i) => gl.uniform3f(program.at(`u_colours[${i}]`), ...rgb(colour)));
    gl.uniform3f(program.at('u_gap_colour'), ...rgb(this.gapColour));
    gl.uniform3f(program.at('u_casing'), ...rgb(this.casing));
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.STENCIL_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    for (const part of this.m_parts.values()) {
      if (!part.array) this.upload(gl, part);
      gl.uniform1f(program.at('u_now'), (this.nowMs - part.lines.epochMs) / 1000);
      gl.bindVertexArray(part.array);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, part.lines.count - 1);
    }
    gl.bindVertexArray(null);
  }
}
