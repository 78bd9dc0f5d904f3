import nock from 'nock';

/** To be called in a suite: every request of its tests is answered by nock, or refused. */
export function answerWithNockOnly(): void {
  before(() => {
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
  });
  afterEach(() => nock.cleanAll());
  after(() => {
    nock.enableNetConnect();
    nock.restore();
  });
}
