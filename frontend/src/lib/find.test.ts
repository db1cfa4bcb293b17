import { find } from './find';

const cars = ['Hyundai Elantra, Ashley', 'Wei Delgado', 'Yara Haddad', 'Clara Yarrow', 'Renée Roux', '7ABC-123', 'QRS 5512'];
const found = (typed: string) => find(cars, typed, (car) => [car]);

describe('finding by what is typed', () => {
  it.each([
    ['yara', ['Yara Haddad']],
    ['yar', ['Yara Haddad', 'Clara Yarrow']],
    ['ara', ['Yara Haddad', 'Clara Yarrow']],
    ['lara yarr', ['Clara Yarrow']],
    ['hadd ya', ['Yara Haddad']],
    ['renee', ['Renée Roux']],
    ['7abc123', ['7ABC-123']],
    ['qrs5512', ['QRS 5512']],
    ['5512', ['QRS 5512']],
    ['hde', []],
    ['yara roux', []],
  ])('%s finds %j', (typed, expected) => expect(found(typed)).toEqual(expected));
  it('puts what begins with it before what contains it', () => expect(find(['Banana', 'Ana'], 'ana', (one) => [one])).toEqual(['Ana', 'Banana']));
  it('leaves everything while nothing is typed', () => expect(found(' ')).toEqual(cars));
});
