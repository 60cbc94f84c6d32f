// SPDX-License-Identifier: Apache-2.0
// A grid of classes (0 = nothing, 1.. = how dense) laid over the map: one rectangle whose texture is
// looked up by latitude, since rows of equal latitude are not equally high on the map. Colours and
// opacity are uniforms: a change of theme draws the same texture.
import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibreMap } from 'maplibre-gl';
import { mercatorX, mercatorY } from '$/stream/fleet';
import { rgb } from './palette';
import { Program } from './program';

export const kDensityClasses = 6;

const vertexShader = `#version 300 es
precision highp float;
uniform vec4 u_box;     // west, north, east, south in mercator, after the centre
uniform vec4 u_mercator; // the same, absolute
uniform vec2 u_scale;
out vec2 v_mercator;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  gl_Position = vec4(mix(u_box.xy, u_box.zw, corner) * u_scale, 0.0, 1.0);
  v_mercator = mix(u_mercator.xy, u_mercator.zw, corner);
}`;

const fragmentShader = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
in vec2 v_mercator;
uniform usampler2D u_classes;
uniform vec4 u_degrees; // west, south, width, height
uniform vec3 u_colours[${kDensityClasses}];
uniform float u_opacity;
out vec4 colour;
void main() {
  float lon = (v_mercator.x - 0.5) * 360.0;
  float lat = degrees(atan(sinh(3.14159265358979 * (1.0 - 2.0 * v_mercator.y))));
  vec2 place = (vec2(lon, lat) - u_degrees.xy) / u_degrees.zw;
  ivec2 size = textureSize(u_classes, 0);
  ivec2 cell = clamp(ivec2(floor(place * vec2(size))), ivec2(0), size - 1);
  uint which = texelFetch(u_classes, cell, 0).r;
  if (which == 0u) discard;
  colour = vec4(u_colours[min(which, ${kDensityClasses}u) - 1u] * u_opacity, u_opacity);
}`;

export interface Grid {
  west: number;
  south: number;
  cellDeg: number;
  width: number;
  height: number;
  /** Row by row from the south. */
  classes: Uint8Array;
}

export class DensityLayer implements CustomLayerInterface {
  readonly id = 'density';
  readonly type = 'custom' as const;
  colours: string[] = [];
  opacity = 0.75;

  private m_map: MapLibreMap | null = null;
  private m_program: Program | null = null;
  private m_texture: WebGLTexture | null = null;
  private m_array: WebGLVertexArrayObject | null = null;
  private m_grid: Grid | null = null;
  private m_fresh = false;

  set(grid: Grid | null): void {
    this.m_grid = grid;
    this.m_fresh = true;
    this.m_map?.triggerRepaint();
  }
  get shown(): boolean {
    return this.m_grid !== null;
  }

  onAdd(map: MapLibreMap, gl: WebGL2RenderingContext): void {
    this.m_map = map;
    this.m_program = new Program(gl, vertexShader, fragmentShader);
    this.m_texture = gl.createTexture();
    this.m_array = gl.createVertexArray();
    this.m_fresh = true;
  }
  onRemove(_map: MapLibreMap, gl: WebGL2RenderingContext): void {
    gl.deleteTexture(this.m_texture);
    gl.deleteVertexArray(this.m_array);
    this.m_map = null;
  }

  private upload(gl: WebGL2RenderingContext, grid: Grid): void {
    this.m_fresh = false;
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8UI, grid.width, grid.height, 0, gl.RED_INTEGER, gl.UNSIGNED_BYTE, grid.classes);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  }

  render(gl: WebGL2RenderingContext, _input: CustomRenderMethodInput): void {
    const grid = this.m_grid;
    if (!grid) return;
    const map = this.m_map!;
    const program = this.m_program!;
    gl.useProgram(program.program);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.m_texture);
    if (this.m_fresh) this.upload(gl, grid);
    const [width, height] = [grid.width * grid.cellDeg, grid.height * grid.cellDeg];
    const [west, east] = [mercatorX(grid.west), mercatorX(grid.west + width)];
    const [north, south] = [mercatorY(grid.south + height), mercatorY(grid.south)];
    const centre = map.getCenter();
    const [x, y] = [mercatorX(centre.lng), mercatorY(centre.lat)];
    const world = 512 * 2 ** map.getZoom();
    const canvas = map.getCanvas();
    gl.uniform4f(program.at('u_box'), west - x, north - y, east - x, south - y);
    gl.uniform4f(program.at('u_mercator'), west, north, east, south);
    gl.uniform2f(program.at('u_scale'), (2 * world) / canvas.clientWidth, (-2 * world) / canvas.clientHeight);
    gl.uniform4f(program.at('u_degrees'), grid.west, grid.south, width, height);
    gl.uniform1f(program.at('u_opacity'), this.opacity);
    gl.uniform1i(program.at('u_classes'), 0);
    this.colours.forEach((colour, i) => gl.uniform3f(program.at(`u_colours[${i}]`), ...rgb(colour)));
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.STENCIL_TEST);
    gl.disable(gl.CULL_FACE);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.bindVertexArray(this.m_array);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    gl.bindVertexArray(null);
  }
}
