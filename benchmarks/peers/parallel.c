/* A kernel of kernels.c over equal parts of the rows, a thread each; g receives the sums of `count` partials.
   Apart from them because with -fopenmp (rather than -fopenmp-simd) gcc does not vectorize sin and tanh. */

typedef const double *restrict column;
typedef double *restrict result;
typedef double kernel(long n, const column *in, column parameters, result g);

enum { COLUMNS = 4, PARAMETERS = 8 };

double in_parallel(kernel *run, int threads, long n, int columns, const column *in, column parameters, int count,
                   result g)
{
    double value = 0, sums[PARAMETERS] = {0};
#pragma omp parallel for num_threads(threads) schedule(static, 1) reduction(+ : value, sums)
    for (int part = 0; part < threads; part++) {
        long start = n * part / threads, end = n * (part + 1) / threads;
        const double *from[COLUMNS];
        double partials[PARAMETERS] = {0};
        for (int i = 0; i < columns; i++)
            from[i] = in[i] + start;
        value += run(end - start, (const column *)from, parameters, partials);
        for (int i = 0; i < count; i++)
            sums[i] += partials[i];
    }
    for (int i = 0; i < count; i++)
        g[i] = sums[i];
    return value;
}
