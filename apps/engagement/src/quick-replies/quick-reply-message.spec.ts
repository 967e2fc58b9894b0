import { quickReplyMessage } from './quick-reply-message.js';

describe('a quick reply', () => {
  it('names the customer, and leaves out what is not known of them', () => {
    const text = 'Hi {{name}} of {{ city }}{{constructor}}!';
    expect(quickReplyMessage({ text, media: null }, { name: 'Ana' })).toEqual({
      type: 'text',
      text: { body: 'Hi Ana of !' },
    });
  });

  it('with a file has its words as the caption', () => {
    const media = { type: 'image', link: 'https://shop.example/a.jpg' } as const;
    expect(quickReplyMessage({ text: 'Our menu', media }, {})).toEqual({
      type: 'image',
      image: { link: 'https://shop.example/a.jpg', caption: 'Our menu' },
    });
  });
});
