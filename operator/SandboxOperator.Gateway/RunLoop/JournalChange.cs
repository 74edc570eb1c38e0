using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>One change of a journal's batch: a row to insert, or something to do in the transaction.</summary>
internal readonly record struct JournalChange
{
    private readonly object? _row;
    private readonly Func<StoreContext, CancellationToken, Task>? _apply;

    private JournalChange(object? row, Func<StoreContext, CancellationToken, Task>? apply)
    {
        _row = row;
        _apply = apply;
    }

    /// <summary>Inserts a row, which nobody may change until it is stored.</summary>
    public static JournalChange Insert(object row) => new(row, null);

    /// <summary>Does something once earlier rows are inserted.</summary>
    public static JournalChange Do(Func<StoreContext, CancellationToken, Task> apply) => new(null, apply);

    /// <summary>Applies changes in order; neighbouring inserts go together.</summary>
    public static async Task ApplyAsync(
        IEnumerable<JournalChange> changes,
        StoreContext context,
        CancellationToken cancellationToken
    )
    {
        var unsaved = false;
        foreach (var change in changes)
        {
            if (change._row is { } row)
            {
                context.Add(row);
                unsaved = true;
                continue;
            }

            if (unsaved)
            {
                await context.SaveChangesAsync(cancellationToken);
                unsaved = false;
            }

            await change._apply!(context, cancellationToken);
        }

        if (unsaved)
        {
            await context.SaveChangesAsync(cancellationToken);
        }
    }
}
