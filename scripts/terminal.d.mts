/** A function that shows how far a long work is, called as often as one likes: a part of 1, and what to say of it. */
export function showPart(): (part: number, what: string, isEnd?: boolean) => void;
