using Microsoft.Extensions.Logging.Abstractions;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Store.Sqlite;

namespace SandboxOperator.Gateway.Tests.Console;

/// <summary>A store of its own, and rows as callers and models may make them.</summary>
internal sealed class ConsoleRows : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("console-").FullName;

    private ConsoleRows() =>
        Store = new SqliteStore(
            Path.Combine(_directory, "store.db"),
            TimeProvider.System,
            NullLogger<SqliteStore>.Instance
        );

    public SqliteStore Store { get; }

    public static async Task<ConsoleRows> OpenAsync()
    {
        var rows = new ConsoleRows();
        await rows.Store.OpenAsync(CancellationToken.None);
        return rows;
    }

    /// <summary>A run in a thread of its own that has been asked something.</summary>
    /// <param name="seq">Its number, of the message, too.</param>
    /// <param name="project">Whose it is.</param>
    /// <param name="content">JSON: the message's.</param>
    /// <param name="status">The run's.</param>
    /// <param name="tools">JSON: the run's.</param>
    public static IReadOnlyList<object> Run(
        int seq,
        string project = "alpha",
        string content = "[]",
        string status = "completed",
        string tools = "[]"
    ) =>
        [
            new ThreadEntity
            {
                Seq = seq,
                Id = $"thread_{seq}",
                Project = project,
            },
            new MessageEntity
            {
                Seq = seq,
                Id = $"msg_{seq}",
                Project = project,
                ThreadId = $"thread_{seq}",
                Role = "user",
                Content = content,
            },
            new RunEntity
            {
                Seq = seq,
                Id = $"run_{seq}",
                Project = project,
                ThreadId = $"thread_{seq}",
                AssistantId = "asst_1",
                Model = "gpt-4o",
                Status = status,
                AfterMessageSeq = seq,
                Tools = tools,
                ExpiresAtMs = long.MaxValue,
            },
        ];

    public static RunStepEntity Step(int run, int number, string details, string project = "alpha") =>
        new()
        {
            Id = $"step_{run}_{number}",
            Project = project,
            ThreadId = $"thread_{run}",
            RunId = $"run_{run}",
            AssistantId = "asst_1",
            Type = "tool_calls",
            Status = "completed",
            CompletedAtMs = 1,
            Details = details,
        };

    public static Task AddAsync(Gateway.Store.IStore store, IEnumerable<object> rows) =>
        store.WriteAsync(
            async (context, token) =>
            {
                context.AddRange(rows);
                await context.SaveChangesAsync(token);
                return true;
            },
            CancellationToken.None
        );

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
