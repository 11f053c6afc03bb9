interface Slot<Result> {
  done: boolean;
  result?: Result;
  error?: unknown;
}

/**
 * Runs `work` over `items` with some at once and gives the results in the order of the items, each as soon as
 * it is there: key derivations run beside each other, and the findings come out the same every time.
 *
 * @param room - what may be at work together: so many items, and so much of what `weigh` says, but one always
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  room: { readonly items: number; readonly weight: number; weigh(item: Item): number },
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const slots: { readonly slot: Slot<Result>; readonly weight: number }[] = [];
  let weight = 0;
  let over = false;
  let closed = false;
  let wakeReader: () => void = () => {};
  let wakeFeeder: () => void = () => {};
  const isFull = () => slots.length >= room.items || (weight > room.weight && slots.length > 0);
  const feed = async (): Promise<void> => {
    for await (const item of items) {
      if (closed) return;
      const slot: Slot<Result> = { done: false };
      const own = room.weigh(item);
      weight += own;
      slots.push({ slot, weight: own });
      work(item).then(
        (result) => settle(slot, { result }),
        (error: unknown) => settle(slot, { error }),
      );
      while (isFull() && !closed) {
        await new Promise<void>((resolve) => {
          wakeFeeder = resolve;
        });
      }
    }
  };
  const settle = (slot: Slot<Result>, outcome: { result: Result } | { error: unknown }) => {
    Object.assign(slot, outcome);
    slot.done = true;
    wakeReader();
  };
  const fed = feed().finally(() => {
    over = true;
    wakeReader();
  });
  fed.catch(() => {}); // told below
  try {
    for (;;) {
      const [first] = slots;
      if (first?.slot.done === true) {
        if ("error" in first.slot) throw first.slot.error;
        slots.shift();
        weight -= first.weight;
        wakeFeeder();
        yield first.slot.result as Result;
      } else if (first === undefined && over) {
        await fed;
        return;
      } else {
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
      }
    }
  } finally {
    closed = true;
    wakeFeeder();
  }
}
