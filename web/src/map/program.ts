// SPDX-License-Identifier: Apache-2.0
// A shader program of a layer of the map, with the places of its uniforms.
function compile(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(type)!;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
      throw new Error(`shader: ${gl.getShaderInfoLog(shader)}`);
    }
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return program;
}

export class Program {
  readonly program: WebGLProgram;
  private readonly m_places = new Map<string, WebGLUniformLocation | null>();
  constructor(
    private readonly m_gl: WebGL2RenderingContext,
    vertex: string,
    fragment: string,
  ) {
    this.program = compile(m_gl, vertex, fragment);
  }
  at(name: string): WebGLUniformLocation | null {
    let place = this.m_places.get(name);
    if (place === undefined) this.m_places.set(name, (place = this.m_gl.getUniformLocation(this.program, name)));
    return place;
  }
}
