using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SandboxOperator.Gateway.Assistants;
using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Console.Live;
using SandboxOperator.Gateway.Console.Runs;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Models;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Runs;
using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Console.Playground;

/// <summary>A conversation with an assistant, by the same ways that the API's requests go.</summary>
internal static class PlaygroundPages
{
    private const long MaxFormBytes = 2 * 1024 * 1024;

    public static void MapPlayground(this IEndpointRouteBuilder console)
    {
        console.MapGet("/playground", ShowAsync);
        console
            .MapPost("/playground/assistants", MakeAssistantAsync)
            .WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));
        console.MapPost("/playground/files", UploadAsync);
        console.MapPost("/playground/messages", SendAsync).WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));
        console.MapGet(
            "/playground/runs/{id}/live",
            (string id, HttpContext http, RunFollower follower) =>
                follower.FollowAsync(http, id, new ConversationPieces())
        );
        console.MapPost("/runs/{id}/cancel", CancelAsync).WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));
    }

    private static async Task<IResult> ShowAsync(
        HttpContext http,
        PlaygroundReader reader,
        CancellationToken cancellationToken
    )
    {
        var viewer = http.Viewer();
        var view = await reader.ReadAsync(
            viewer,
            ListQuery.Value(http.Request.Query, "assistant"),
            ListQuery.Value(http.Request.Query, "thread"),
            cancellationToken
        );
        return new RazorComponentResult<PlaygroundPage>(new { Viewer = viewer, View = view });
    }

    private static async Task<IResult> MakeAssistantAsync(
        HttpContext http,
        IStore store,
        IModelCatalog catalog,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var form = await http.Request.ReadFormAsync(cancellationToken);
        var request = JsonBody.Parse(
            PlaygroundRequests.Assistant(
                form["name"].ToString().Trim(),
                form["model"].ToString().Trim(),
                form["instructions"].ToString()
            )
        );
        var assistant = await AssistantEndpoints.AddAsync(
            request.Root,
            http.Viewer().Caller,
            store,
            catalog,
            time,
            cancellationToken
        );
        return Results.Redirect("/console/playground?assistant=" + assistant.Id);
    }

    private static async Task<IResult> UploadAsync(HttpContext http, FileUpload upload)
    {
        var file = await upload.ReceiveAsync(http, http.Viewer().Project);
        return new JsonAnswer(writer => FileJson.Write(writer, file));
    }

    /// <summary>
    /// 1. The question becomes a run, as if the API had been asked; not before there is a place to follow it. 2. The answer says which run it is, then follows it;
    /// it listens before the run begins, so that it misses nothing.
    /// </summary>
    private static async Task SendAsync(
        HttpContext http,
        RunStarter starter,
        RunDispatcher dispatcher,
        RunFollower follower,
        IModelCatalog catalog,
        CancellationToken cancellationToken
    )
    {
        // 1.
        // Read here, not as a parameter: those are read before the gate has looked.
        var body = await JsonBody.BindAsync(http);
        var question = PlaygroundQuestion.Read(body.Root);
        var request = JsonBody.Parse(PlaygroundRequests.Run(question));
        var draft = question.ThreadId is null
            ? RunDraft.ReadWithThread(request.Root, catalog)
            : RunDraft.Read(request.Root, catalog);
        using var place = follower.TakePlace(http);
        var (run, _, active) = await starter.StartAsync(
            http.Viewer().Caller,
            question.ThreadId,
            draft,
            traceParent: null,
            cancellationToken
        );

        // 2.
        var listener = active.Stream.Listen();
        var (runId, threadId) = (run.Id, run.ThreadId);
        dispatcher.Dispatch(active, run);
        http.Response.Headers["X-Console-Run"] = runId;
        http.Response.Headers["X-Console-Thread"] = threadId;
        await follower.FollowAsync(http, runId, listener, new ConversationPieces());
    }

    private static async Task<IResult> CancelAsync(
        string id,
        HttpContext http,
        RunReader reader,
        RunCanceller canceller,
        CancellationToken cancellationToken
    )
    {
        var view = await reader.ReadAsync(http.Viewer(), id, cancellationToken);
        var caller = new Caller(view.Row.Project, http.Viewer().IsAdmin);
        await canceller.CancelAsync(caller, view.Row.ThreadId, id, cancellationToken);
        return Results.NoContent();
    }
}
