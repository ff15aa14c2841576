/* The workloads by hand: sums over n rows of the value, and of the value and its gradient in one loop.
   Textbook derivatives, exponentials shared, gelu as a logistic function (an exponential and a division,
   faster than tanh). Every loop is vectorized, with libmvec's exp and log. */

#include <math.h>

/* Compiled with -fno-builtin-cos: gcc would join sin and cos of one operand to a sincos, which it does not
   vectorize. Declared const, a cosine is still computed once. */
double cos(double) __attribute__((const));

typedef const double *restrict column;
typedef double *restrict result;

double logistic_value(long n, const column *in, column p, result g)
{
    column x1 = in[0], x2 = in[1], y = in[2];
    const double w1 = p[0], w2 = p[1], b = p[2];
    double value = 0;
#pragma omp simd reduction(+ : value)
    for (long i = 0; i < n; i++)
        value += log(1 + exp(-y[i] * (w1 * x1[i] + w2 * x2[i] + b)));
    return value;
}

double logistic_gradient(long n, const column *in, column p, result g)
{
    column x1 = in[0], x2 = in[1], y = in[2];
    const double w1 = p[0], w2 = p[1], b = p[2];
    double value = 0, g1 = 0, g2 = 0, g3 = 0;
#pragma omp simd reduction(+ : value, g1, g2, g3)
    for (long i = 0; i < n; i++) {
        double e = exp(-y[i] * (w1 * x1[i] + w2 * x2[i] + b));
        double d = y[i] * e / (1 + e);
        value += log(1 + e);
        g1 -= d * x1[i];
        g2 -= d * x2[i];
        g3 -= d;
    }
    g[0] = g1, g[1] = g2, g[2] = g3;
    return value;
}

double polynomial_value(long n, const column *in, column c, result g)
{
    column x = in[0];
    const double c0 = c[0], c1 = c[1], c2 = c[2], c3 = c[3], c4 = c[4], c5 = c[5];
    double value = 0;
#pragma omp simd reduction(+ : value)
    for (long i = 0; i < n; i++) {
        double t = x[i];
        double r = c0 + t * (c1 + t * (c2 + t * (c3 + t * (c4 + t * c5)))) - fabs(t);
        value += r * r;
    }
    return value;
}

double polynomial_gradient(long n, const column *in, column c, result g)
{
    column x = in[0];
    const double c0 = c[0], c1 = c[1], c2 = c[2], c3 = c[3], c4 = c[4], c5 = c[5];
    double value = 0, g0 = 0, g1 = 0, g2 = 0, g3 = 0, g4 = 0, g5 = 0;
#pragma omp simd reduction(+ : value, g0, g1, g2, g3, g4, g5)
    for (long i = 0; i < n; i++) {
        double t = x[i];
        double r = c0 + t * (c1 + t * (c2 + t * (c3 + t * (c4 + t * c5)))) - fabs(t);
        value += r * r;
        g0 += r;
        g1 += r *= t;
        g2 += r *= t;
        g3 += r *= t;
        g4 += r *= t;
        g5 += r *= t;
    }
    g[0] = 2 * g0, g[1] = 2 * g1, g[2] = 2 * g2, g[3] = 2 * g3, g[4] = 2 * g4, g[5] = 2 * g5;
    return value;
}

double gauss_value(long n, const column *in, column b, result g)
{
    column x = in[0], y = in[1];
    const double b1 = b[0], b2 = b[1], b3 = b[2], b4 = b[3], b6 = b[5], b7 = b[6], i5 = 1 / b[4], i8 = 1 / b[7];
    double value = 0;
#pragma omp simd reduction(+ : value)
    for (long i = 0; i < n; i++) {
        double u = (x[i] - b4) * i5, v = (x[i] - b7) * i8;
        double r = b1 * exp(-b2 * x[i]) + b3 * exp(-u * u) + b6 * exp(-v * v) - y[i];
        value += r * r;
    }
    return value;
}

double gauss_gradient(long n, const column *in, column b, result g)
{
    column x = in[0], y = in[1];
    const double b1 = b[0], b2 = b[1], b3 = b[2], b4 = b[3], b6 = b[5], b7 = b[6], i5 = 1 / b[4], i8 = 1 / b[7];
    double value = 0, g1 = 0, g2 = 0, g3 = 0, g4 = 0, g5 = 0, g6 = 0, g7 = 0, g8 = 0;
#pragma omp simd reduction(+ : value, g1, g2, g3, g4, g5, g6, g7, g8)
    for (long i = 0; i < n; i++) {
        double u = (x[i] - b4) * i5, v = (x[i] - b7) * i8;
        double e = exp(-b2 * x[i]), p = exp(-u * u), q = exp(-v * v);
        double r = b1 * e + b3 * p + b6 * q - y[i];
        value += r * r;
        e *= r, p *= r, q *= r;
        g1 += e, g2 += e * x[i];
        g3 += p, g4 += p *= u, g5 += p * u;
        g6 += q, g7 += q *= v, g8 += q * v;
    }
    g[0] = 2 * g1, g[1] = -2 * b1 * g2;
    g[2] = 2 * g3, g[3] = 4 * b3 * i5 * g4, g[4] = 4 * b3 * i5 * g5;
    g[5] = 2 * g6, g[6] = 4 * b6 * i8 * g7, g[7] = 4 * b6 * i8 * g8;
    return value;
}

static const double k = 1.5957691216057308; /* 2 sqrt(2/pi) */

double network_value(long n, const column *in, column w, result g)
{
    column x1 = in[0], x2 = in[1], y = in[2];
    const double w1 = w[0], w2 = w[1];
    double value = 0;
#pragma omp simd reduction(+ : value)
    for (long i = 0; i < n; i++) {
        double a = x1[i] * w1, h = x2[i] * w2;
        double r = fmax(a, 0) + h / (1 + exp(-k * h * (1 + 0.044715 * h * h))) - y[i];
        value += r * r;
    }
    return value;
}

double network_gradient(long n, const column *in, column w, result g)
{
    column x1 = in[0], x2 = in[1], y = in[2];
    const double w1 = w[0], w2 = w[1];
    double value = 0, g1 = 0, g2 = 0;
#pragma omp simd reduction(+ : value, g1, g2)
    for (long i = 0; i < n; i++) {
        double a = x1[i] * w1, h = x2[i] * w2;
        double s = 1 / (1 + exp(-k * h * (1 + 0.044715 * h * h)));
        double r = fmax(a, 0) + h * s - y[i];
        value += r * r;
        g1 += a > 0 ? r * x1[i] : 0;
        g2 += r * x2[i] * (s + h * s * (1 - s) * k * (1 + 0.134145 * h * h));
    }
    g[0] = 2 * g1, g[1] = 2 * g2;
    return value;
}
