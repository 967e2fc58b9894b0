import { contentSecurityPolicy } from './content-security-policy.js';
import { fillIn } from './fill-in.js';

describe('a page', () => {
  it('shows values as text, whatever they are made of', () => {
    expect(fillIn('<p title="{{a}}">{{a}}</p>', { a: `"><script>'&` })).toBe(
      '<p title="&quot;&gt;&lt;script&gt;&#39;&amp;">&quot;&gt;&lt;script&gt;&#39;&amp;</p>',
    );
  });
  it('does not go out with a hole in it', () => {
    expect(() => fillIn('{{absent}}', {})).toThrow('absent');
  });
});

describe('what a page may load', () => {
  it('is ours and Meta’s SDK, with the frames of Meta', () => {
    const policy = contentSecurityPolicy('https://connect.facebook.net/en_US/sdk.js');
    expect(policy).toContain("script-src 'self' https://connect.facebook.net;");
    expect(policy).toContain('frame-src https://www.facebook.com https://web.facebook.com;');
    expect(policy).not.toContain('unsafe');
  });
  it('is the stand-in’s alone in development', () => {
    expect(contentSecurityPolicy('http://127.0.0.1:4010/sdk.js')).not.toContain('facebook');
  });
});
