/** An event of a container group or an image cache. Times are epoch milliseconds. */
export interface ServiceEvent {
  /** `<resource name>.<hex>`. */
  readonly name: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** The service itself, or the agent that runs the containers. */
  readonly source: 'EciService' | 'K8sAgent';
  count: number;
  readonly firstAtMs: number;
  lastAtMs: number;
}

/** Source: ECI API reference: the latest 50 events of a resource are shown. */
const MAX_EVENTS = 50;

/** Records an event, counting up one that says the same. */
export function recordEvent(
  owner: { readonly name: string; readonly events: ServiceEvent[] },
  event: Pick<ServiceEvent, 'type' | 'reason' | 'message'> & { source?: ServiceEvent['source'] },
  nowMs: number,
): void {
  const { events } = owner;
  const index = events.findIndex(({ reason, message }) => reason === event.reason && message === event.message);
  const [known] = index === -1 ? [] : events.splice(index, 1);
  if (known !== undefined) {
    known.count += 1;
    known.lastAtMs = nowMs;
    events.push(known);
    return;
  }
  const suffix = `${nowMs.toString(16)}${events.length.toString(16).padStart(2, '0')}`;
  events.push({
    source: 'K8sAgent',
    ...event,
    name: `${owner.name}.${suffix}`,
    count: 1,
    firstAtMs: nowMs,
    lastAtMs: nowMs,
  });
  if (events.length > MAX_EVENTS) {
    events.shift();
  }
}
