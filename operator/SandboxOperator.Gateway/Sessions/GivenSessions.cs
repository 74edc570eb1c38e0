using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Threads;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Sessions;

/// <summary>Gives new threads the sessions that they name.</summary>
internal sealed class GivenSessions(ISandboxes sandboxes, IStore store)
{
    private const string Param = "metadata." + ThreadDraft.SessionKey;

    /// <summary>
    /// Takes the session for a thread that has just been stored; a thread that does not get it goes again. The thread
    /// comes first because a session can be given once only: a crash in between costs nothing, since opening a session
    /// takes it too.
    /// </summary>
    /// <exception cref="ApiException">404: no such session is free for the project. 400: the backend has none. 503.</exception>
    public async Task HoldAsync(ThreadEntity thread, CancellationToken cancellationToken)
    {
        if (thread.GivenSession is not { } name)
        {
            return;
        }

        try
        {
            switch (await sandboxes.HoldAsync(thread.Session, cancellationToken))
            {
                case SessionHold.Held:
                    return;
                case SessionHold.NotSupported:
                    throw ApiErrors.InvalidValue(
                        Param,
                        $"Invalid '{Param}': sandboxes of this gateway live on its own machine, where sessions cannot be made by hand."
                    );
                default:
                    throw ApiErrors.NotFound("sandbox session", name);
            }
        }
        catch (Exception exception)
        {
            await store.WriteAsync(
                async (context, token) =>
                {
                    await ThreadRows.DeleteAsync(context, thread.Id, token);
                    return true;
                },
                CancellationToken.None
            );
            if (exception is SandboxUnavailableException)
            {
                throw ApiErrors.SandboxesUnavailable(exception.Message);
            }

            throw;
        }
    }
}
