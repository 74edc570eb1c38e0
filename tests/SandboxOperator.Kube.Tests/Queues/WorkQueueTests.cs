using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Kube.Queues;
using Shouldly;

namespace SandboxOperator.Kube.Tests.Queues;

public sealed class WorkQueueTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly WorkQueue<string> _queue;

    public WorkQueueTests() => _queue = new WorkQueue<string>(_time);

    public void Dispose() => _queue.Dispose();

    [Fact]
    public void A_key_waits_once_however_often_it_is_added()
    {
        _queue.Add("a");
        _queue.Add("b");
        _queue.Add("a");
        Take(_queue).ShouldBe("a");
        Take(_queue).ShouldBe("b");
        _queue.Depth.ShouldBe(0);
    }

    [Fact]
    public void A_key_added_during_work_comes_again_when_the_work_is_done()
    {
        _queue.Add("a");
        Take(_queue).ShouldBe("a");
        _queue.Add("a");
        _queue.Depth.ShouldBe(0);
        _queue.Done("a");
        Take(_queue).ShouldBe("a");
    }

    [Fact]
    public void A_delayed_key_comes_when_it_is_due_also_after_other_work_on_it()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(10));
        _queue.Add("a");
        Take(_queue);
        _queue.Done("a");
        _time.Advance(TimeSpan.FromSeconds(9));
        _queue.Depth.ShouldBe(0);
        _time.Advance(TimeSpan.FromSeconds(1));
        _queue.Depth.ShouldBe(1);
    }

    [Fact]
    public void The_shortest_delay_counts_and_the_key_comes_once()
    {
        _queue.AddAfter("a", TimeSpan.FromHours(1));
        _queue.AddAfter("a", TimeSpan.FromSeconds(1));
        _queue.AddAfter("a", TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Take(_queue).ShouldBe("a");
        _queue.Done("a");
        _time.Advance(TimeSpan.FromHours(2));
        _queue.Depth.ShouldBe(0);
    }

    [Fact]
    public void A_delay_may_be_longer_than_a_timer()
    {
        _queue.AddAfter("a", TimeSpan.FromDays(100));
        _queue.AddAfter("b", TimeSpan.MaxValue);
        for (var day = 0; day < 100; day++)
        {
            _queue.Depth.ShouldBe(0);
            _time.Advance(TimeSpan.FromDays(1));
        }

        Take(_queue).ShouldBe("a");
    }

    [Fact]
    public void Failures_wait_ever_longer_until_success()
    {
        var waits = Enumerable.Range(0, 15).Select(_ => _queue.AddAfterFailure("a")).ToList();
        waits[0].ShouldBe(RetryPolicy.Default.First);
        waits[1].ShouldBe(RetryPolicy.Default.First * 2);
        waits[^1].ShouldBe(RetryPolicy.Default.Longest);
        _queue.AddAfterFailure("b").ShouldBe(RetryPolicy.Default.First);
        _queue.Forget("a");
        _queue.AddAfterFailure("a").ShouldBe(RetryPolicy.Default.First);
    }

    [Fact]
    public async Task A_worker_waits_for_a_key_or_until_it_is_stopped()
    {
        using var stop = new CancellationTokenSource();
        var waiting = _queue.TakeAsync(stop.Token).AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        _queue.Add("a");
        (await waiting).ShouldBe("a");
        var stopped = _queue.TakeAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(stopped);
    }

    /// <summary>Whatever happens in whatever order: no key is in two hands, and no addition is lost.</summary>
    [Property(MaxTest = 300)]
    public Property No_key_is_worked_on_twice_or_forgotten()
    {
        var steps = Gen.Choose(0, 5).SelectMany(kind => Gen.Choose(0, 3), (kind, key) => (kind, key)).ListOf(60);
        return Prop.ForAll(
            steps.ToArbitrary(),
            list =>
            {
                var time = new FakeTimeProvider();
                using var queue = new WorkQueue<int>(time);
                var working = new List<int>();
                var owed = new HashSet<int>();
                var due = new Dictionary<int, DateTimeOffset>();
                foreach (var (kind, key) in list)
                {
                    switch (kind)
                    {
                        case 0:
                            queue.Add(key);
                            owed.Add(key);
                            break;
                        case 1:
                            queue.AddAfter(key, TimeSpan.FromSeconds(key));
                            Delay(key, TimeSpan.FromSeconds(key));
                            break;
                        case 2:
                            Delay(key, queue.AddAfterFailure(key));
                            break;
                        case 3:
                            Advance(TimeSpan.FromSeconds(key));
                            break;
                        case 4 when queue.Depth > 0:
                            var taken = Take(queue);
                            if (working.Contains(taken) || !owed.Remove(taken))
                            {
                                return false;
                            }

                            working.Add(taken);
                            break;
                        case 5 when working.Count > 0:
                            queue.Done(working[0]);
                            working.RemoveAt(0);
                            break;
                        default:
                            break;
                    }
                }

                working.ForEach(queue.Done);
                Advance(TimeSpan.FromHours(1));
                while (queue.Depth > 0)
                {
                    var key = Take(queue);
                    queue.Done(key);
                    if (!owed.Remove(key))
                    {
                        return false;
                    }
                }

                return owed.Count == 0;

                void Delay(int key, TimeSpan delay)
                {
                    if (delay <= TimeSpan.Zero)
                    {
                        owed.Add(key);
                    }
                    else if (!due.TryGetValue(key, out var earlier) || time.GetUtcNow() + delay < earlier)
                    {
                        due[key] = time.GetUtcNow() + delay;
                    }
                }

                void Advance(TimeSpan step)
                {
                    time.Advance(step);
                    foreach (
                        var key in due.Where(pair => pair.Value <= time.GetUtcNow()).Select(pair => pair.Key).ToList()
                    )
                    {
                        due.Remove(key);
                        owed.Add(key);
                    }
                }
            }
        );
    }

    private static T Take<T>(WorkQueue<T> queue)
        where T : notnull
    {
        var taken = queue.TakeAsync(CancellationToken.None).AsTask();
        taken.IsCompleted.ShouldBeTrue("a key should have been waiting");
        return taken.Result;
    }
}
