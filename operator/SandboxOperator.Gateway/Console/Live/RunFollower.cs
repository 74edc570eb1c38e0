using Microsoft.AspNetCore.Components.Web;
using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Console.Runs;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Streaming;

namespace SandboxOperator.Gateway.Console.Live;

/// <summary>Keeps the page of a run that goes on up to date, until the run ends or the browser leaves.</summary>
internal sealed class RunFollower(
    RunReader reader,
    RunDispatcher dispatcher,
    IServiceProvider services,
    ILoggerFactory loggers,
    TimeProvider time
)
{
    /// <summary>Pages that are kept up to date at the same time; each holds a connection.</summary>
    private const int MaxPages = 200;
    private const int MaxPagesOfOne = 20;

    /// <summary>How often a page changes at most.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(120);

    /// <summary>How often the store is asked about a run that another process works on.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>A browser that is still there joins again.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    private readonly Places _places = new(MaxPages, MaxPagesOfOne);

    /// <summary>Takes a place for a page, until it is disposed.</summary>
    /// <exception cref="ApiException">There is none: the project follows many runs already.</exception>
    public IDisposable TakePlace(HttpContext http)
    {
        if (_places.Take(http.Viewer().Project) is { } place)
        {
            return place;
        }

        http.Response.Headers.RetryAfter = "10";
        throw new ApiException(
            StatusCodes.Status503ServiceUnavailable,
            "Too many pages follow runs at the moment. Close some, then try again; runs that go on are not affected."
        );
    }

    /// <summary>Answers with the pieces of a run's page as they change.</summary>
    public async Task FollowAsync(HttpContext http, string runId, IRunPieces pieces)
    {
        using var place = TakePlace(http);
        await FollowAsync(http, runId, null, pieces);
    }

    /// <summary>Answers with the pieces of a run's page as they change, in a place that the caller has taken.</summary>
    /// <param name="http">The request.</param>
    /// <param name="runId">The run.</param>
    /// <param name="listener">A listener that has joined before the run began; else null.</param>
    /// <param name="pieces">What the page is made of.</param>
    public async Task FollowAsync(HttpContext http, string runId, RunListener? listener, IRunPieces pieces)
    {
        using var joined = listener;
        var viewer = http.Viewer();
        try
        {
            // An error is an answer of its own as long as nothing has been sent.
            await reader.MarkAsync(viewer, runId, http.RequestAborted);
            using var longest = new CancellationTokenSource(Longest, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(longest.Token, http.RequestAborted);
            await SseWriter.StartAsync(http.Response, http.RequestAborted);
            await using var renderer = new HtmlRenderer(services, loggers);
            var writer = new PieceWriter(http.Response.BodyWriter, renderer);
            await pieces.BeginAsync(runId, writer);
            await PumpAsync(viewer, runId, joined, pieces, writer, either.Token);
        }
        catch (OperationCanceledException)
        {
            // The browser has left, or has been here for long.
        }
    }

    /// <summary>
    /// 1. Join the run's events, if this process works on it. 2. Send what the store knows. 3. Wait for events, or a
    /// moment, and send what has changed. 4. When the run has ended, say so.
    /// </summary>
    private async Task PumpAsync(
        Viewer viewer,
        string runId,
        RunListener? given,
        IRunPieces pieces,
        PieceWriter writer,
        CancellationToken cancellationToken
    )
    {
        var live = new LiveRun();
        var listener = given;
        try
        {
            while (true)
            {
                // 1.
                listener ??= dispatcher.Find(runId)?.Stream.Listen();

                // 2.
                var mark = await reader.MarkAsync(viewer, runId, cancellationToken);
                var view = await reader.ReadAsync(Now(viewer), runId, cancellationToken);
                await SendAsync(Now(viewer), view, live, pieces, writer);
                await writer.FlushAsync(cancellationToken);

                // 4.
                if (!view.Row.IsActive)
                {
                    writer.Write("end", "{}"u8.ToArray());
                    await writer.FlushAsync(cancellationToken);
                    return;
                }

                // 3.
                if (listener is null)
                {
                    await PollAsync(viewer, runId, mark, writer, cancellationToken);
                }
                else if (!await ListenAsync(runId, listener, live, pieces, writer, cancellationToken))
                {
                    listener.Dispose();
                    listener = null;
                }
            }
        }
        finally
        {
            listener?.Dispose();
        }
    }

    /// <summary>Asks the store until it knows more, or this process works on the run.</summary>
    private async Task PollAsync(
        Viewer viewer,
        string runId,
        RunMark mark,
        PieceWriter writer,
        CancellationToken cancellationToken
    )
    {
        do
        {
            await Task.Delay(Poll, time, cancellationToken);
            writer.KeepAlive();
            await writer.FlushAsync(cancellationToken);
        } while (dispatcher.Find(runId) is null && await reader.MarkAsync(viewer, runId, cancellationToken) == mark);
    }

    /// <summary>Sends the open step as it grows, until the store has to be read again.</summary>
    /// <returns>False when the stream of events has ended.</returns>
    private async Task<bool> ListenAsync(
        string runId,
        RunListener listener,
        LiveRun live,
        IRunPieces pieces,
        PieceWriter writer,
        CancellationToken cancellationToken
    )
    {
        while (!live.StoreIsNewer)
        {
            if (!await WaitAsync(listener, writer, cancellationToken))
            {
                return false;
            }

            while (listener.TryRead(out var item))
            {
                live.Add(item);
            }

            if (live.HasGrown && live.TakeOpen() is { } open)
            {
                await pieces.SendAsync(open, runId, writer);
                await writer.FlushAsync(cancellationToken);
            }

            await Task.Delay(Pace, time, cancellationToken);
        }

        return true;
    }

    /// <summary>Waits for the next event; silence is filled with comments.</summary>
    private async Task<bool> WaitAsync(RunListener listener, PieceWriter writer, CancellationToken cancellationToken)
    {
        var next = listener.WaitAsync(cancellationToken).AsTask();
        while (true)
        {
            try
            {
                return await next.WaitAsync(SseWriter.KeepAlive, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                writer.KeepAlive();
                await writer.FlushAsync(cancellationToken);
            }
        }
    }

    private static async Task SendAsync(
        Viewer viewer,
        RunView view,
        LiveRun live,
        IRunPieces pieces,
        PieceWriter writer
    )
    {
        foreach (var item in live.Merge(view))
        {
            await pieces.SendAsync(item, view.Row.Id, writer);
        }

        await pieces.SendFactsAsync(viewer, view, writer);
    }

    private Viewer Now(Viewer viewer) => viewer with { NowMs = time.GetUtcNow().ToUnixTimeMilliseconds() };
}
