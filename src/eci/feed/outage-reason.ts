import { classify, isThrottled } from '../../alibaba/error-classes.ts';

/** Says in one word why a listing failed, for the node condition `ECIReachable`. */
export function outageReason(error: unknown): 'ECIThrottled' | 'ECIRefused' | 'ECIUnreachable' {
  if (isThrottled(error)) return 'ECIThrottled';
  return classify(error) === 'transient' ? 'ECIUnreachable' : 'ECIRefused';
}
